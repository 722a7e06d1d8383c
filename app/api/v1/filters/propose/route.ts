import { proposeFilters } from '#lib/filters/queries.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/filter-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const POST = apiRoute({
  ...endpoints.proposeFilters,
  handler: async ({ actor, body }) => apiAnswer({ items: await proposeFilters(actor, body) }),
});

import { renewFilter } from '#lib/filters/commands.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/filter-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const POST = apiRoute({
  ...endpoints.renewFilter,
  handler: async ({ actor, params, body }) => apiAnswer(await renewFilter(actor, params.id, body)),
});

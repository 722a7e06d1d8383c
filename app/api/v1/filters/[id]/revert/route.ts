import { revertFilter } from '#lib/filters/commands.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/filter-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const POST = apiRoute({
  ...endpoints.revertFilter,
  handler: async ({ actor, params, body }) => apiAnswer(await revertFilter(actor, params.id, body)),
});

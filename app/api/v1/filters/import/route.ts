import { importFilters } from '#lib/filters/import.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/filter-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const POST = apiRoute({
  ...endpoints.importFilters,
  handler: async ({ actor, body }) => apiAnswer(await importFilters(actor, body)),
});

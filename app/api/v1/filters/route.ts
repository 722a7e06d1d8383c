import { saveFilter } from '#lib/filters/commands.ts';
import { listFilters } from '#lib/filters/queries.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/filter-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const GET = apiRoute({
  ...endpoints.listFilters,
  handler: async ({ actor, query }) => apiAnswer(await listFilters(actor, query)),
});

export const POST = apiRoute({
  ...endpoints.addFilter,
  handler: async ({ actor, body }) =>
    apiAnswer(await saveFilter(actor, { draft: body.draft, ruleId: null, version: null }), 201),
});

import { removeFilter, saveFilter } from '#lib/filters/commands.ts';
import { getFilter } from '#lib/filters/queries.ts';
import { apiAnswer, emptyAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/filter-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const GET = apiRoute({
  ...endpoints.getFilter,
  handler: async ({ actor, params }) => apiAnswer(await getFilter(actor, params.id)),
});

export const PATCH = apiRoute({
  ...endpoints.changeFilter,
  handler: async ({ actor, params, body }) =>
    apiAnswer(await saveFilter(actor, { ...body, ruleId: params.id })),
});

export const DELETE = apiRoute({
  ...endpoints.removeFilter,
  handler: async ({ actor, params, query }) => {
    await removeFilter(actor, params.id, query);
    return emptyAnswer();
  },
});

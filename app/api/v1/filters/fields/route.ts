import { filterFields } from '#lib/filters/queries.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/filter-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const GET = apiRoute({
  ...endpoints.listFilterFields,
  handler: async ({ actor, query }) =>
    apiAnswer({ items: await filterFields(actor, { detectionIds: query.detections ?? [] }) }),
});

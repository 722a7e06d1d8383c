import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { getHostTimeline } from '#lib/timeline/queries.ts';

export const GET = apiRoute({
  ...endpoints.getHostTimeline,
  handler: async ({ actor, params, query }) => apiAnswer(await getHostTimeline(actor, params.id, query)),
});

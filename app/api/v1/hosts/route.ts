import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { listHosts } from '#lib/timeline/queries.ts';

export const GET = apiRoute({
  ...endpoints.listHosts,
  handler: async ({ actor, query }) => apiAnswer(await listHosts(actor, query)),
});

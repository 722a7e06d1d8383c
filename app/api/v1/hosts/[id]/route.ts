import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { getHost } from '#lib/timeline/queries.ts';

export const GET = apiRoute({
  ...endpoints.getHost,
  handler: async ({ actor, params }) => apiAnswer(await getHost(actor, params.id)),
});

import { listDetections } from '#lib/catalogue/queries.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const GET = apiRoute({
  ...endpoints.listDetections,
  handler: async ({ actor, query }) => apiAnswer(await listDetections(actor, query)),
});

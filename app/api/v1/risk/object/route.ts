import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/risk-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { getRiskObject } from '#lib/risk/object-detail.ts';

export const GET = apiRoute({
  ...endpoints.getRiskObject,
  handler: async ({ actor, query }) => apiAnswer(await getRiskObject(actor, query)),
});

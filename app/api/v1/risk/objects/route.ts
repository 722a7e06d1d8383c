import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/risk-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { listRiskObjects } from '#lib/risk/queries.ts';

export const GET = apiRoute({
  ...endpoints.listRiskObjects,
  handler: async ({ actor, query }) => apiAnswer(await listRiskObjects(actor, query)),
});

import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/risk-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { listIncidents } from '#lib/risk/incidents.ts';

export const GET = apiRoute({
  ...endpoints.listIncidents,
  handler: async ({ actor, query }) => apiAnswer(await listIncidents(actor, query)),
});

import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/risk-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { getIncident, updateIncident } from '#lib/risk/incident-commands.ts';

export const GET = apiRoute({
  ...endpoints.getIncident,
  handler: async ({ actor, params }) => apiAnswer(await getIncident(actor, params.number)),
});

export const PATCH = apiRoute({
  ...endpoints.updateIncident,
  handler: async ({ actor, params, body }) => {
    await updateIncident(actor, params.number, body);
    return apiAnswer(await getIncident(actor, params.number));
  },
});

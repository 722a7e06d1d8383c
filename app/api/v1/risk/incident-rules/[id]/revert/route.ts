import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/risk-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { revertIncidentRule } from '#lib/risk/rule-commands.ts';
import { getRiskSettings } from '#lib/risk/settings-queries.ts';

export const POST = apiRoute({
  ...endpoints.revertIncidentRule,
  handler: async ({ actor, params, body }) => {
    await revertIncidentRule(actor, params.id, body.version, body.reason);
    return apiAnswer(await getRiskSettings(actor));
  },
});

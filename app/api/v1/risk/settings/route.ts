import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/risk-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { changeRiskSettings } from '#lib/risk/rule-commands.ts';
import { getRiskSettings } from '#lib/risk/settings-queries.ts';

export const GET = apiRoute({
  ...endpoints.getRiskSettings,
  handler: async ({ actor }) => apiAnswer(await getRiskSettings(actor)),
});

export const PATCH = apiRoute({
  ...endpoints.updateRiskSettings,
  handler: async ({ actor, body }) => {
    await changeRiskSettings(actor, body);
    return apiAnswer(await getRiskSettings(actor));
  },
});

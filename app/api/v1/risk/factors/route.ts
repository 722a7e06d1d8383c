import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/risk-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { addFactor } from '#lib/risk/rule-commands.ts';
import { getRiskSettings } from '#lib/risk/settings-queries.ts';

export const POST = apiRoute({
  ...endpoints.addRiskFactor,
  handler: async ({ actor, body }) => {
    await addFactor(actor, body);
    return apiAnswer(await getRiskSettings(actor), endpoints.addRiskFactor.status);
  },
});

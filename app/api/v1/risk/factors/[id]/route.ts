import { apiAnswer, emptyAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/risk-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { changeFactor, removeFactor } from '#lib/risk/rule-commands.ts';
import { getRiskSettings } from '#lib/risk/settings-queries.ts';

export const PUT = apiRoute({
  ...endpoints.changeRiskFactor,
  handler: async ({ actor, params, body }) => {
    await changeFactor(actor, params.id, body);
    return apiAnswer(await getRiskSettings(actor));
  },
});

export const DELETE = apiRoute({
  ...endpoints.removeRiskFactor,
  handler: async ({ actor, params, query }) => {
    await removeFactor(actor, params.id, query.reason);
    return emptyAnswer();
  },
});

import { apiAnswer, emptyAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/risk-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { changeIncidentRule, removeIncidentRule } from '#lib/risk/rule-commands.ts';
import { getRiskSettings } from '#lib/risk/settings-queries.ts';

export const PUT = apiRoute({
  ...endpoints.changeIncidentRule,
  handler: async ({ actor, params, body }) => {
    await changeIncidentRule(actor, params.id, body);
    return apiAnswer(await getRiskSettings(actor));
  },
});

export const DELETE = apiRoute({
  ...endpoints.removeIncidentRule,
  handler: async ({ actor, params, query }) => {
    await removeIncidentRule(actor, params.id, query.reason);
    return emptyAnswer();
  },
});

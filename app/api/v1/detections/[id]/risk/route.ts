import { getDetection } from '#lib/catalogue/queries.ts';
import { setDetectionRisk } from '#lib/catalogue/risk-versions.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/risk-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const PUT = apiRoute({
  ...endpoints.setDetectionRisk,
  handler: async ({ actor, params, body }) => {
    await setDetectionRisk(actor, params.id, body);
    return apiAnswer(await getDetection(actor, params.id));
  },
});

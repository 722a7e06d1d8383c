import { changeDetection } from '#lib/catalogue/commands.ts';
import { getDetection } from '#lib/catalogue/queries.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const GET = apiRoute({
  ...endpoints.getDetection,
  handler: async ({ actor, params }) => apiAnswer(await getDetection(actor, params.id)),
});

export const PATCH = apiRoute({
  ...endpoints.updateDetection,
  handler: async ({ actor, params, body }) => {
    await changeDetection(actor, params.id, body);
    return apiAnswer(await getDetection(actor, params.id));
  },
});

import { updateFinding } from '#lib/findings/commands.ts';
import { getFinding } from '#lib/findings/queries.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const GET = apiRoute({
  ...endpoints.getFinding,
  handler: async ({ actor, params }) => apiAnswer(await getFinding(actor, params.id)),
});

export const PATCH = apiRoute({
  ...endpoints.updateFinding,
  handler: async ({ actor, params, body }) => {
    await updateFinding(actor, params.id, body);
    return apiAnswer(await getFinding(actor, params.id));
  },
});

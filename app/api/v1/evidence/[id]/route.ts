import { changeEvidence } from '#lib/custody/change.ts';
import { deleteEvidence } from '#lib/custody/commands.ts';
import { getEvidence } from '#lib/custody/queries.ts';
import { apiAnswer, emptyAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const GET = apiRoute({
  ...endpoints.getEvidence,
  handler: async ({ actor, params }) => apiAnswer(await getEvidence(actor, params.id)),
});

export const PATCH = apiRoute({
  ...endpoints.changeEvidence,
  handler: async ({ actor, params, body }) => {
    await changeEvidence(actor, params.id, body);
    return apiAnswer(await getEvidence(actor, params.id));
  },
});

export const DELETE = apiRoute({
  ...endpoints.deleteEvidence,
  handler: async ({ actor, params }) => {
    await deleteEvidence(actor, params.id);
    return emptyAnswer();
  },
});

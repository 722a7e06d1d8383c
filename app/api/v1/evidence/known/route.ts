import { recogniseEvidence } from '#lib/custody/commands.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const POST = apiRoute({
  ...endpoints.recogniseEvidence,
  handler: async ({ actor, body }) => {
    const known = await recogniseEvidence(actor, body);
    return apiAnswer({ id: known?.id ?? null, name: known?.name ?? null });
  },
});

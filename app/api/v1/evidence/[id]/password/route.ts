import { unlockArchive } from '#lib/custody/unlock.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import { unlockEvidence } from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const POST = apiRoute({
  ...unlockEvidence,
  handler: async ({ actor, params, body }) => apiAnswer(await unlockArchive(actor, params.id, body.password)),
});

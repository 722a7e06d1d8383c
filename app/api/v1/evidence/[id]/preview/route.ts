import { previewReading } from '#lib/custody/preview.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import { previewEvidence } from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const POST = apiRoute({
  ...previewEvidence,
  handler: async ({ actor, params, body }) => apiAnswer(await previewReading(actor, params.id, body)),
});

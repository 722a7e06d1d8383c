import { openEvidence } from '#lib/custody/queries.ts';
import { downloadAnswer } from '#lib/http/download.ts';
import { downloadEvidence } from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const GET = apiRoute({
  ...downloadEvidence,
  handler: async ({ actor, params }) => downloadAnswer(await openEvidence(actor, params.id)),
});

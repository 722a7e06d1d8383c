import { deletionConsequences } from '#lib/custody/queries.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import { getEvidenceConsequences } from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const GET = apiRoute({
  ...getEvidenceConsequences,
  handler: async ({ actor, params }) => apiAnswer(await deletionConsequences(actor, params.id)),
});

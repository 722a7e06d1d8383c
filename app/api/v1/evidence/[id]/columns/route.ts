import { getColumns } from '#lib/custody/preview.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import { getEvidenceColumns } from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const GET = apiRoute({
  ...getEvidenceColumns,
  handler: async ({ actor, params }) => apiAnswer(await getColumns(actor, params.id)),
});

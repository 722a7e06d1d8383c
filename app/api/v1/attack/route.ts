import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { getAttackMatrix } from '#lib/reports/queries.ts';

export const GET = apiRoute({
  ...endpoints.getAttackMatrix,
  handler: async ({ actor }) => apiAnswer(await getAttackMatrix(actor)),
});

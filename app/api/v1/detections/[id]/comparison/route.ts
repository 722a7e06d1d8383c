import { compareVariants } from '#lib/catalogue/compare.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import { compareDetection } from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const GET = apiRoute({
  ...compareDetection,
  handler: async ({ actor, params, query }) => apiAnswer(await compareVariants(actor, params.id, query.with)),
});

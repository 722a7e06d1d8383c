import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/risk-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { askWhatIf } from '#lib/risk/what-if.ts';

export const POST = apiRoute({
  ...endpoints.askWhatIf,
  handler: async ({ actor, body }) => apiAnswer(await askWhatIf(actor, body)),
});

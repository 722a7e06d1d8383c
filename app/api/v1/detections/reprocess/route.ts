import { reprocessAll } from '#lib/catalogue/commands.ts';
import { reprocessProgress } from '#lib/catalogue/progress.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import { reprocessEvidence } from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const POST = apiRoute({
  ...reprocessEvidence,
  handler: async ({ actor }) => {
    await reprocessAll(actor);
    return apiAnswer({ reprocess: await reprocessProgress(actor) }, 202);
  },
});

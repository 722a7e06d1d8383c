import { apiAnswer } from '#lib/http/answer.ts';
import { apiRoute } from '#lib/http/route.ts';
import * as endpoints from '#lib/http/source-endpoints.ts';
import { backfillSource } from '#lib/sources/commands.ts';

export const POST = apiRoute({
  ...endpoints.backfillSource,
  handler: async ({ actor, params, body }) =>
    apiAnswer(await backfillSource(actor, params.id, body), endpoints.backfillSource.status),
});

import { apiAnswer, emptyAnswer } from '#lib/http/answer.ts';
import { apiRoute } from '#lib/http/route.ts';
import * as endpoints from '#lib/http/source-endpoints.ts';
import { cancelPulls, pullNow } from '#lib/sources/commands.ts';

export const POST = apiRoute({
  ...endpoints.pullSource,
  handler: async ({ actor, params }) =>
    apiAnswer(await pullNow(actor, params.id), endpoints.pullSource.status),
});

export const DELETE = apiRoute({
  ...endpoints.cancelSourcePulls,
  handler: async ({ actor, params }) => {
    await cancelPulls(actor, params.id, null);
    return emptyAnswer();
  },
});

import { apiAnswer, emptyAnswer } from '#lib/http/answer.ts';
import { apiRoute } from '#lib/http/route.ts';
import * as endpoints from '#lib/http/source-endpoints.ts';
import { changeSource, removeSource } from '#lib/sources/commands.ts';
import { getSource } from '#lib/sources/queries.ts';

export const GET = apiRoute({
  ...endpoints.getSource,
  handler: async ({ actor, params }) => apiAnswer(await getSource(actor, params.id)),
});

export const PATCH = apiRoute({
  ...endpoints.updateSource,
  handler: async ({ actor, params, body }) => {
    await changeSource(actor, params.id, body);
    return apiAnswer(await getSource(actor, params.id));
  },
});

export const DELETE = apiRoute({
  ...endpoints.removeSource,
  handler: async ({ actor, params }) => {
    await removeSource(actor, params.id);
    return emptyAnswer();
  },
});

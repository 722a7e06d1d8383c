import { apiAnswer, emptyAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { changeChannel, removeChannel } from '#lib/notifications/commands.ts';
import { getChannel } from '#lib/notifications/queries.ts';

export const GET = apiRoute({
  ...endpoints.getChannel,
  handler: async ({ actor, params }) => apiAnswer(await getChannel(actor, params.id)),
});

export const PATCH = apiRoute({
  ...endpoints.updateChannel,
  handler: async ({ actor, params, body }) => {
    await changeChannel(actor, params.id, body);
    return apiAnswer(await getChannel(actor, params.id));
  },
});

export const DELETE = apiRoute({
  ...endpoints.deleteChannel,
  handler: async ({ actor, params }) => {
    await removeChannel(actor, params.id);
    return emptyAnswer();
  },
});

import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { addChannel } from '#lib/notifications/commands.ts';
import { getChannel, listChannels } from '#lib/notifications/queries.ts';

export const GET = apiRoute({
  ...endpoints.listChannels,
  handler: async ({ actor }) => apiAnswer({ items: await listChannels(actor) }),
});

export const POST = apiRoute({
  ...endpoints.addChannel,
  handler: async ({ actor, body }) => {
    const { id } = await addChannel(actor, body);
    return apiAnswer(await getChannel(actor, id), 201);
  },
});

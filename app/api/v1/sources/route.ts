import { apiAnswer } from '#lib/http/answer.ts';
import { apiRoute } from '#lib/http/route.ts';
import * as endpoints from '#lib/http/source-endpoints.ts';
import { addSource } from '#lib/sources/commands.ts';
import { getSource, listSources } from '#lib/sources/queries.ts';

export const GET = apiRoute({
  ...endpoints.listSources,
  handler: async ({ actor }) => apiAnswer({ items: await listSources(actor) }),
});

export const POST = apiRoute({
  ...endpoints.addSource,
  handler: async ({ actor, body }) => {
    const { id } = await addSource(actor, body);
    return apiAnswer(await getSource(actor, id), endpoints.addSource.status);
  },
});

import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { testChannel } from '#lib/notifications/commands.ts';

export const POST = apiRoute({
  ...endpoints.testChannel,
  handler: async ({ actor, params }) => apiAnswer(await testChannel(actor, params.id)),
});

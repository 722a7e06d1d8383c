import { apiAnswer } from '#lib/http/answer.ts';
import { apiRoute } from '#lib/http/route.ts';
import * as endpoints from '#lib/http/source-endpoints.ts';
import { testSource } from '#lib/sources/commands.ts';

export const POST = apiRoute({
  ...endpoints.testSource,
  handler: async ({ actor, params }) => apiAnswer({ steps: await testSource(actor, params.id) }),
});

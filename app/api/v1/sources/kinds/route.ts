import { apiAnswer } from '#lib/http/answer.ts';
import { apiRoute } from '#lib/http/route.ts';
import * as endpoints from '#lib/http/source-endpoints.ts';
import { listKinds } from '#lib/sources/queries.ts';

export const GET = apiRoute({
  ...endpoints.listSourceKinds,
  handler: async ({ actor }) => apiAnswer({ items: listKinds(actor) }),
});

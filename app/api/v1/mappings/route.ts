import { listMappings } from '#lib/custody/mappings.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const GET = apiRoute({
  ...endpoints.listMappings,
  handler: async ({ actor }) => apiAnswer(await listMappings(actor)),
});

import { deleteMapping, exportMapping } from '#lib/custody/mappings.ts';
import { emptyAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const GET = apiRoute({
  ...endpoints.getMapping,
  handler: ({ actor, params }) => exportMapping(actor, params.key),
});

export const DELETE = apiRoute({
  ...endpoints.deleteMapping,
  handler: async ({ actor, params }) => {
    await deleteMapping(actor, params.key);
    return emptyAnswer();
  },
});

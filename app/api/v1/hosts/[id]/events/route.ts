import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { getSurroundingEvents } from '#lib/timeline/queries.ts';

export const GET = apiRoute({
  ...endpoints.getSurroundingEvents,
  handler: async ({ actor, params, query, request }) =>
    apiAnswer(await getSurroundingEvents(actor, params.id, query, request.signal)),
});

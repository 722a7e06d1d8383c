import { addNote } from '#lib/findings/commands.ts';
import { getFinding } from '#lib/findings/queries.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import { addFindingNote } from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const POST = apiRoute({
  ...addFindingNote,
  handler: async ({ actor, params, body }) => {
    await addNote(actor, params.id, body.text);
    return apiAnswer(await getFinding(actor, params.id), 201);
  },
});

import { addEvidence } from '#lib/custody/commands.ts';
import { timeZoneInput } from '#lib/custody/inputs.ts';
import { listEvidence } from '#lib/custody/queries.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/endpoints.ts';
import { takeFiles } from '#lib/http/multipart.ts';
import { apiRoute } from '#lib/http/route.ts';

export const GET = apiRoute({
  ...endpoints.listEvidence,
  handler: async ({ actor }) => apiAnswer(await listEvidence(actor)),
});

export const POST = apiRoute({
  // Its body is read as a stream, not parsed by a schema.
  permission: endpoints.addEvidence.permission,
  handler: async ({ actor, request }) =>
    apiAnswer(
      await takeFiles(request, (name, content, fields) =>
        addEvidence(actor, name, content, {
          timeZone: timeZoneInput.optional().parse(fields.get('timeZone')) ?? null,
        }),
      ),
      202,
    ),
});

import { apiAnswer } from '#lib/http/answer.ts';
import * as endpoints from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { createUpload, listUploads } from '#lib/uploads/commands.ts';

export const GET = apiRoute({
  ...endpoints.listUploads,
  handler: async ({ actor }) => apiAnswer({ items: await listUploads(actor) }),
});

export const POST = apiRoute({
  // Its body is read as a stream, not parsed by a schema.
  permission: endpoints.createUpload.permission,
  handler: ({ actor, request }) => createUpload(actor, request),
});

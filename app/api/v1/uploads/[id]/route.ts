import * as endpoints from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { appendToUpload, askUpload, removeUpload } from '#lib/uploads/commands.ts';

export const HEAD = apiRoute({
  ...endpoints.askUpload,
  handler: ({ actor, params, request }) => askUpload(actor, params.id, request),
});

export const PATCH = apiRoute({
  // Its body is read as a stream, not parsed by a schema.
  permission: endpoints.appendToUpload.permission,
  params: endpoints.appendToUpload.params,
  handler: ({ actor, params, request }) => appendToUpload(actor, params.id, request),
});

export const DELETE = apiRoute({
  ...endpoints.removeUpload,
  handler: ({ actor, params, request }) => removeUpload(actor, params.id, request),
});

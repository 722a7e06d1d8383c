import { AppError } from '#lib/errors.ts';
import { apiAnswer, emptyAnswer } from '#lib/http/answer.ts';
import { takeFiles } from '#lib/http/multipart.ts';
import * as endpoints from '#lib/http/risk-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { importEntities, listEntities, readEntityUpload, removeEntities } from '#lib/risk/entity-commands.ts';

export const GET = apiRoute({
  ...endpoints.listEntities,
  handler: async ({ actor, query }) => apiAnswer(await listEntities(actor, query)),
});

export const POST = apiRoute({
  // Its body is read as a stream, not parsed by a schema.
  permission: endpoints.importEntities.permission,
  query: endpoints.importEntities.query,
  handler: async ({ actor, request, query }) => {
    const { items, errors } = await takeFiles(request, readEntityUpload);
    const [file, another] = items;
    if (!file || another)
      throw new AppError('invalid-input', errors[0]?.detail ?? 'Send one file in the part "file".');
    return apiAnswer(await importEntities(actor, query, file.name, file.bytes));
  },
});

export const DELETE = apiRoute({
  ...endpoints.removeEntities,
  handler: async ({ actor, query }) => {
    await removeEntities(actor, query.kind);
    return emptyAnswer();
  },
});

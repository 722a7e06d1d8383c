import { importDetections as importFiles } from '#lib/catalogue/import.ts';
import { readImportFile } from '#lib/catalogue/uploaded-file.ts';
import { apiAnswer } from '#lib/http/answer.ts';
import { importDetections } from '#lib/http/endpoints.ts';
import { takeFiles } from '#lib/http/multipart.ts';
import { apiRoute } from '#lib/http/route.ts';

export const POST = apiRoute({
  // Its body is read as a stream, not parsed by a schema.
  permission: importDetections.permission,
  query: importDetections.query,
  handler: async ({ actor, request, query }) => {
    const budget = { bytesLeft: REQUEST_MAX_BYTES };
    const { items, errors } = await takeFiles(request, (name, content) =>
      readImportFile(name, content, budget),
    );
    const result = await importFiles(actor, items, { isEnabling: query.enable });
    const refused = errors.map(({ name, detail }) => ({ place: name ?? 'the request', message: detail }));
    return apiAnswer({ ...result, problems: [...refused, ...result.problems] });
  },
});

/** Its texts are held together, because they may refer to each other. */
const REQUEST_MAX_BYTES = 64 * 1024 * 1024;

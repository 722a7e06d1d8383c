import { exportDetection as exportOf } from '#lib/catalogue/export.ts';
import { textDownload } from '#lib/http/download.ts';
import { exportDetection } from '#lib/http/endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const GET = apiRoute({
  ...exportDetection,
  handler: async ({ actor, params, query }) => {
    const { fileName, text } = await exportOf(actor, params.id, query.as);
    return textDownload(fileName, text, exportDetection.responseType);
  },
});

import { textDownload } from '#lib/http/download.ts';
import * as endpoints from '#lib/http/risk-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';
import { exportRisk } from '#lib/risk/export.ts';

export const GET = apiRoute({
  ...endpoints.exportRisk,
  handler: async ({ actor, query }) => {
    const { fileName, text, contentType } = await exportRisk(actor, query);
    return textDownload(fileName, text, contentType);
  },
});

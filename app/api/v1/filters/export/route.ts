import { exportFilters } from '#lib/filters/export.ts';
import { textDownload } from '#lib/http/download.ts';
import * as endpoints from '#lib/http/filter-endpoints.ts';
import { apiRoute } from '#lib/http/route.ts';

export const GET = apiRoute({
  ...endpoints.exportFilters,
  handler: async ({ actor, query }) => {
    const { fileName, text } = await exportFilters(actor, query.format);
    return textDownload(fileName, text, endpoints.exportFilters.responseType);
  },
});

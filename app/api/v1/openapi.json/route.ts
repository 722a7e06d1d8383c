import { ENDPOINTS } from '#lib/http/endpoints.ts';
import { jsonResponse } from '#lib/http/json.ts';
import { openApiDocument } from '#lib/http/openapi.ts';

/** What the API can do, as an OpenAPI document. */
export function GET(): Response {
  return jsonResponse(openApiDocument(ENDPOINTS));
}

import { jsonResponse } from '#lib/http/json.ts';

/** Whether the web server answers at all; a supervisor restarts it when not. */
export function GET(): Response {
  return jsonResponse({ status: 'ok' });
}

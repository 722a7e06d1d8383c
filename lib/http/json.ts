import { API_HEADERS } from './headers.ts';

/** A JSON answer. BigInt becomes a decimal string, because ticks and sizes do not fit a JSON number of every reader. */
export function jsonResponse(value: object, status = 200, contentType = 'application/json'): Response {
  const text = JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item));
  return new Response(text, { status, headers: { ...API_HEADERS, 'content-type': contentType } });
}

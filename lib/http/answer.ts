import { formatIsoTime } from '#lib/evidence/time.ts';
import { API_HEADERS } from './headers.ts';
import { jsonResponse } from './json.ts';

/** A JSON answer of the API: what lib gives, each time in ticks with the same time as text beside it. */
export function apiAnswer(value: object, status = 200): Response {
  return jsonResponse(withTimes(value) as object, status);
}

/**
 * Puts beside each time in ticks (100 ns since 1970 UTC, a decimal string) the same time in ISO 8601 with 7 digits:
 * `first_time` beside `firstTicks`, `time` beside `ticks`; null beside null.
 */
export function withTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTimes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => [[name, withTimes(item)], ...timeBeside(name, item)]),
  );
}

function timeBeside(name: string, item: unknown): [string, string | null][] {
  if (name !== 'ticks' && !name.endsWith('Ticks')) return [];
  if (item !== null && typeof item !== 'string') return [];
  return [[timeName(name), item === null ? null : formatIsoTime(BigInt(item))]];
}

/** `peakStartTicks` becomes `peak_start_time`. */
function timeName(ticksName: string): string {
  if (ticksName === 'ticks') return 'time';
  const words = ticksName.slice(0, -'Ticks'.length).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return `${words}_time`;
}

/** 204: done, and there is nothing to say. */
export function emptyAnswer(): Response {
  return new Response(null, { status: 204, headers: API_HEADERS });
}

import type { FindingListQuery } from '#lib/findings/inputs.ts';
import type { FindingSort } from '#lib/findings/types.ts';

/** The list's state stands in the URL; here are its changes. Every change goes back to the first page. */

export const FACET_KEYS = [
  'severity',
  'detection',
  'type',
  'host',
  'status',
  'disposition',
  'mode',
  'technique',
  'owner',
] as const;
export type FacetKey = (typeof FACET_KEYS)[number];

const DEFAULT_SORT: FindingSort = 'first';
const DEFAULT_LIMIT = 100;

/** `/findings?…` for a query, with defaults left out, so that equal views have equal addresses. */
export function listHref(query: FindingListQuery): string {
  const params = new URLSearchParams();
  if (query.q) params.set('q', query.q);
  for (const key of FACET_KEYS) {
    const values = query[key];
    if (values && values.length > 0) params.set(key, values.join(','));
  }
  if (query.sort !== DEFAULT_SORT || query.direction !== 'desc') {
    params.set('sort', query.sort);
    params.set('direction', query.direction);
  }
  if (query.hidden !== undefined && query.hidden !== 'exclude') params.set('hidden', query.hidden);
  if (query.limit !== DEFAULT_LIMIT) params.set('limit', String(query.limit));
  if (query.cursor) params.set('cursor', query.cursor);
  const text = params.toString().replaceAll('%2C', ',');
  return text === '' ? '/findings' : `/findings?${text}`;
}

export function hasValue(query: FindingListQuery, key: FacetKey, value: string): boolean {
  return ((query[key] ?? []) as readonly string[]).includes(value);
}

export function toggled(query: FindingListQuery, key: FacetKey, value: string): FindingListQuery {
  const values: readonly string[] = query[key] ?? [];
  const next = values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
  // Values come from the server's own facets or from a parsed query, so the union of the key holds.
  return { ...query, cursor: undefined, [key]: next.length > 0 ? next : undefined };
}

export function withoutFacet(query: FindingListQuery, key: FacetKey): FindingListQuery {
  return { ...query, cursor: undefined, [key]: undefined };
}

export function withSearch(query: FindingListQuery, q: string): FindingListQuery {
  return { ...query, cursor: undefined, q: q === '' ? undefined : q };
}

/** Keeps how the list is shown and drops everything that narrows it. */
export function cleared(query: FindingListQuery): FindingListQuery {
  return { sort: query.sort, direction: query.direction, limit: query.limit };
}

/** The same column turns its direction; another begins with what one wants to see first: big and new, or A. */
export function sorted(query: FindingListQuery, sort: FindingSort): FindingListQuery {
  const turned = query.direction === 'asc' ? 'desc' : 'asc';
  const first =
    sort === 'dest' || sort === 'user' || sort === 'detection' || sort === 'status' ? 'asc' : 'desc';
  return { ...query, cursor: undefined, sort, direction: query.sort === sort ? turned : first };
}

export function isNarrowed(query: FindingListQuery): boolean {
  return Boolean(query.q) || FACET_KEYS.some((key) => (query[key]?.length ?? 0) > 0);
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingListQuery } from '#lib/findings/inputs.ts';
import { DISPOSITIONS, FINDING_MODES, FINDING_SORTS, FINDING_STATUSES } from '#lib/findings/types.ts';
import { SEVERITIES } from '#lib/risk/severity.ts';
import { cleared, isNarrowed, listHref, sorted, toggled, withSearch } from './list-url.ts';

const ALL = findingListQuery.parse({});

function parsed(href: string) {
  return findingListQuery.parse(Object.fromEntries(new URL(href, 'http://localhost').searchParams));
}

describe('the address of the list', () => {
  it('gives back the same query when it is parsed, whatever it holds', () => {
    const some = <T>(values: readonly T[]) =>
      fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }), { nil: undefined });
    const ids = fc.option(
      fc.uniqueArray(
        fc.string({ minLength: 1, maxLength: 40 }).filter((text) => !text.includes(',')),
        { minLength: 1, maxLength: 3 },
      ),
      { nil: undefined },
    );
    const query = fc.record({
      q: fc.option(fc.string({ minLength: 1, maxLength: 50 }), { nil: undefined }),
      severity: some(SEVERITIES),
      detection: ids,
      type: ids,
      host: ids,
      status: some(FINDING_STATUSES),
      disposition: some(DISPOSITIONS),
      mode: some(FINDING_MODES),
      technique: ids,
      owner: ids,
      sort: fc.constantFrom(...FINDING_SORTS),
      direction: fc.constantFrom('asc' as const, 'desc' as const),
      cursor: fc.option(fc.base64String({ minLength: 1, maxLength: 40 }), { nil: undefined }),
      limit: fc.integer({ min: 1, max: 500 }),
    });
    fc.assert(
      fc.property(query, (one) => {
        expect(parsed(listHref(one))).toEqual(one);
      }),
    );
  });

  it('leaves out what is the default', () => {
    expect(listHref(ALL)).toBe('/findings');
    expect(listHref(toggled(toggled(ALL, 'severity', 'high'), 'severity', 'medium'))).toBe(
      '/findings?severity=high,medium',
    );
  });

  it('goes back to the first page when what is shown changes', () => {
    const second = { ...ALL, cursor: 'abc' };
    expect(toggled(second, 'host', 'h1').cursor).toBeUndefined();
    expect(withSearch(second, 'x').cursor).toBeUndefined();
    expect(sorted(second, 'risk').cursor).toBeUndefined();
  });
});

describe('narrowing', () => {
  it('is undone by the same choice again', () => {
    expect(toggled(toggled(ALL, 'owner', 'none'), 'owner', 'none')).toEqual({
      ...ALL,
      owner: undefined,
      cursor: undefined,
    });
  });

  it('is gone after clearing, while the order stays', () => {
    const narrowed = sorted(withSearch(toggled(ALL, 'mode', 'lenient'), 'x'), 'risk');
    expect(isNarrowed(narrowed)).toBe(true);
    expect(isNarrowed(cleared(narrowed))).toBe(false);
    expect(cleared(narrowed).sort).toBe('risk');
  });
});

describe('sorting', () => {
  it('begins with the greatest number or the first letter and turns on the second click', () => {
    expect(sorted(ALL, 'risk').direction).toBe('desc');
    expect(sorted(ALL, 'dest').direction).toBe('asc');
    expect(sorted(sorted(ALL, 'dest'), 'dest').direction).toBe('desc');
  });
});

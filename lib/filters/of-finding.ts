import { db } from '#lib/db/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import type { FindingFilters } from './types.ts';

/** Rules in force that cover a finding. Callers have checked the role. */
export async function filtersOf(findingId: string): Promise<FindingFilters> {
  const [finding, hits] = await Promise.all([
    db.finding.findUniqueOrThrow({
      where: { id: findingId },
      select: { isHidden: true, filterFactor: true },
    }),
    db.filterHit.findMany({
      where: { findingId },
      include: { rule: { include: { versions: true } } },
      orderBy: { rule: { number: 'asc' } },
    }),
  ]);
  return {
    isHidden: finding.isHidden,
    factor: finding.filterFactor,
    rules: hits.flatMap(({ rule, versionNumber }) => {
      const version = rule.versions.find(({ number }) => number === versionNumber);
      if (!version) return [];
      const ends = [version.expiresAt, version.outcome === 'snooze' ? version.snoozeUntil : null];
      const [until] = ends.filter((end) => end !== null).sort((a, b) => a.getTime() - b.getTime());
      return [
        {
          id: rule.id,
          number: rule.number,
          name: fromPostgres(version.name),
          version: versionNumber,
          outcome: version.outcome,
          until: until?.toISOString() ?? null,
          reason: fromPostgres(version.reason),
          author: version.authorName,
        },
      ];
    }),
  };
}

import { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres, type JsonValue, jsonFromPostgres } from '#lib/db/postgres-text.ts';
import type { FieldValue } from '#lib/events/event.ts';
import { rowEvent } from './compile.ts';
import type { Subject } from './match.ts';

/** A finding as rules look at it, and what a preview counts of it. */
export type FindingSubject = Subject & {
  readonly id: string;
  readonly number: number;
  readonly dest: string | null;
  readonly user: string | null;
  readonly riskScore: number;
  readonly eventCount: number;
  readonly disposition: string | null;
  /** Whether it must not vanish without a second person: severity high or above, or a step of a chain. */
  readonly isHigher: boolean;
  /** What rules did to it when they were last applied. */
  readonly effect: { readonly isHidden: boolean; readonly factor: number };
};

type SubjectRow = {
  readonly id: string;
  readonly number: number;
  readonly detection_id: string;
  readonly host: string | null;
  readonly dest: string | null;
  readonly user: string | null;
  readonly first_ticks: bigint | null;
  readonly last_ticks: bigint | null;
  readonly risk_score: number;
  readonly count: number;
  readonly disposition: string | null;
  readonly is_higher: boolean;
  readonly is_hidden: boolean;
  readonly filter_factor: number;
  readonly row: JsonValue;
};

/** Rows stand in memory so many at a time. */
const PAGE = 2_000;

/**
 * The findings of an investigation that rules may cover, in pages: active ones of detections. A chain is none; it goes when its
 * uses are hidden.
 *
 * @param detectionIds only of these; empty: of all
 */
export async function* subjectPages(
  tx: Prisma.TransactionClient,
  investigationId: string,
  chainIds: readonly string[],
  detectionIds: readonly string[] = [],
): AsyncGenerator<readonly FindingSubject[]> {
  const ofDetections =
    detectionIds.length === 0
      ? Prisma.sql`f.detection_id <> ALL(${[...chainIds]})`
      : Prisma.sql`f.detection_id = ANY(${[...detectionIds]}) AND f.detection_id <> ALL(${[...chainIds]})`;
  let after = '';
  for (;;) {
    const rows = await tx.$queryRaw<SubjectRow[]>`
      SELECT f.id, f.number, f.detection_id, h.name AS host, f.dest, f."user", f.first_ticks, f.last_ticks, f.risk_score,
        f.count, f.disposition::text, f.row, f.is_hidden, f.filter_factor,
        (f.severity IN ('high', 'critical') OR f.chain_severity IS NOT NULL)
          AND COALESCE(f.disposition NOT IN ('false_positive', 'benign_positive'), true) AS is_higher
      FROM finding f LEFT JOIN host h ON h.id = f.host_id
      WHERE f.investigation_id = ${investigationId} AND f.state = 'active' AND ${ofDetections} AND f.id > ${after}
      ORDER BY f.id LIMIT ${PAGE}`;
    if (rows.length > 0) yield rows.map(subjectOf);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.id;
  }
}

function subjectOf(row: SubjectRow): FindingSubject {
  const text = (value: string | null): string | null => (value === null ? null : fromPostgres(value));
  return {
    id: row.id,
    number: row.number,
    detectionId: row.detection_id,
    host: text(row.host),
    dest: text(row.dest),
    user: text(row.user),
    firstTicks: row.first_ticks,
    lastTicks: row.last_ticks,
    riskScore: row.risk_score,
    eventCount: row.count,
    disposition: row.disposition,
    isHigher: row.is_higher,
    effect: { isHidden: row.is_hidden, factor: row.filter_factor },
    row: rowEvent(jsonFromPostgres(row.row) as [string, FieldValue][]),
  };
}

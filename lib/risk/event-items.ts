import { currentCatalogue } from '#lib/catalogue/current.ts';
import { descriptionOf } from '#lib/catalogue/description.ts';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres, type JsonValue, jsonFromPostgres } from '#lib/db/postgres-text.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import type { FactorPart, RiskEventItem } from './types.ts';

/** Risk events in order of time. Callers have checked the role. */
export async function riskEventItems(where: Prisma.RiskEventWhereInput): Promise<RiskEventItem[]> {
  const [rows, detectionOf] = [
    await db.riskEvent.findMany({
      where: { investigationId: DEFAULT_INVESTIGATION, ...where },
      orderBy: [{ timeTicks: 'asc' }, { findingId: 'asc' }, { episode: 'asc' }, { objectName: 'asc' }],
      include: { finding: { select: { number: true, status: true, techniques: true } } },
    }),
    await detectionDescriber(),
  ];
  return rows.map((row) => ({
    findingId: row.findingId,
    findingNumber: row.finding.number,
    episode: row.episode,
    detectionId: row.detectionId,
    detectionName: detectionOf(row.detectionId).name,
    objectType: row.objectType,
    objectName: fromPostgres(row.objectName),
    loggedName: fromPostgres(row.loggedName),
    message: fromPostgres(row.message),
    techniques: row.finding.techniques,
    stories: detectionOf(row.detectionId).stories,
    baseScore: row.baseScore,
    factors: jsonFromPostgres(row.factors as JsonValue) as unknown as FactorPart[],
    filterFactor: row.filterFactor,
    score: row.score,
    ticks: row.timeTicks.toString(),
    status: row.finding.status,
  }));
}

/** Name and stories of a detection; of one that is no longer installed its id. */
export async function detectionDescriber(): Promise<
  (id: string) => { readonly name: string; readonly stories: readonly string[] }
> {
  const { entries } = await currentCatalogue();
  const known = new Map(entries.map((entry) => [entry.id, entry]));
  return (id) => {
    const entry = known.get(id);
    return entry ? descriptionOf(entry) : { name: id, stories: [] };
  };
}

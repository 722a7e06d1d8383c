import { listAudit } from '#lib/audit/queries.ts';
import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { fromPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { loadedContent } from '#lib/detection/rules.ts';
import { AppError } from '#lib/errors.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { riskEventItems } from './event-items.ts';
import { incidentItem } from './incidents.ts';
import type { IncidentChangeInput } from './inputs.ts';
import type { IncidentDetail } from './types.ts';

const MEMBERS_SHOWN = 1_000;
const CHANGES_SHOWN = 200;

/** Everything that the page of one incident shows. Throws AppError `not-found`. */
export async function getIncident(actor: Actor, reference: string): Promise<IncidentDetail> {
  requirePermission(actor, 'read');
  const number = numberOf(reference);
  const [item, incident, members, history, people, content] = await Promise.all([
    incidentItem(number),
    db.incident.findUnique({
      where: { number, investigationId: DEFAULT_INVESTIGATION },
      include: { changes: { orderBy: [{ at: 'desc' }, { id: 'desc' }], take: CHANGES_SHOWN } },
    }),
    db.incidentMember.findMany({ where: { incidentNumber: number } }),
    listAudit(actor, 'incident', String(number)),
    db.user.findMany({
      where: { accounts: { some: {} }, OR: [{ banned: null }, { banned: false }] },
      select: { id: true, name: true },
      orderBy: { name: 'asc' },
      take: 200,
    }),
    loadedContent(),
  ]);
  if (!item || !incident) throw new AppError('not-found', 'There is no such incident.');
  const own = await db.incidentRuleVersion.findFirst({
    where: { ruleId: incident.ruleId },
    orderBy: { number: 'desc' },
  });
  const shipped = content.incidents.find(({ id }) => id === incident.ruleId);
  const inPeak = new Map(members.map((one) => [`${one.findingId} ${one.episode}`, one.isInPeak]));
  const events = await riskEventItems({
    objectType: incident.objectType,
    objectName: incident.objectName,
    findingId: { in: members.map(({ findingId }) => findingId) },
  });
  return {
    ...item,
    number,
    version: incident.version,
    reason: incident.reason === null ? null : fromPostgres(incident.reason),
    condition: shipped?.condition ?? (own ? fromPostgres(own.condition) : null),
    windowHours: shipped?.window_hours ?? own?.windowHours ?? null,
    story: fromPostgres(incident.story),
    uncappedScore: incident.uncappedScore,
    sourceCount: incident.sourceCount,
    tacticCount: incident.tacticCount,
    peakStartTicks: incident.peakStartTicks.toString(),
    peakEndTicks: incident.peakEndTicks.toString(),
    members: events
      .flatMap((event) => {
        const isInPeak = inPeak.get(`${event.findingId} ${event.episode}`);
        return isInPeak === undefined ? [] : [{ ...event, isInPeak }];
      })
      .slice(0, MEMBERS_SHOWN),
    recurredAt: incident.recurredAt?.toISOString() ?? null,
    createdAt: incident.createdAt.toISOString(),
    changes: incident.changes.map(({ at, state, score, severity, eventCount }) => ({
      at: at.toISOString(),
      state,
      score,
      severity,
      eventCount,
    })),
    history,
    people,
  };
}

/**
 * Changes an incident's triage. Throws AppError `conflict` with what stands there now when somebody else changed it since the
 * version that the change was made on.
 */
export async function updateIncident(
  actor: Actor,
  reference: string,
  change: IncidentChangeInput,
): Promise<void> {
  requirePermission(actor, 'triage');
  const number = numberOf(reference);
  await db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT 1 FROM incident WHERE number = ${number} FOR UPDATE`;
    const before = await tx.incident.findUnique({ where: { number }, include: { owner: true } });
    if (!before) throw new AppError('not-found', 'There is no such incident.');
    if (before.version !== change.version) {
      throw new AppError('conflict', 'Somebody changed this incident while you were working on it.', {
        version: before.version,
        status: before.status,
        disposition: before.disposition,
        reason: before.reason === null ? null : fromPostgres(before.reason),
        owner: before.owner?.name ?? null,
      });
    }
    const owner = change.ownerId ? await tx.user.findUnique({ where: { id: change.ownerId } }) : null;
    if (change.ownerId && !owner)
      throw new AppError('invalid-input', 'There is no such user to own the incident.', { field: 'ownerId' });
    const isClosing = change.status === 'closed';
    const isReopening = change.status !== undefined && !isClosing && before.status === 'closed';
    const after = await tx.incident.update({
      where: { number },
      data: {
        status: change.status,
        // What an incident was is only known of a closed one.
        disposition: isReopening ? null : change.disposition,
        reason: isReopening || change.reason === null ? null : change.reason && toPostgres(change.reason),
        ownerId: change.ownerId === undefined ? undefined : (owner?.id ?? null),
        closedAt: isClosing ? new Date() : isReopening ? null : undefined,
        recurredAt: isClosing ? null : undefined,
        version: { increment: 1 },
      },
      include: { owner: true },
    });
    const triage = (one: typeof before) => ({
      status: one.status,
      disposition: one.disposition,
      reason: one.reason,
      owner: one.owner?.name ?? null,
    });
    await writeAudit(tx, actor, {
      action: 'incident.update',
      objectType: 'incident',
      objectId: String(number),
      investigationId: before.investigationId,
      before: triage(before),
      after: triage(after),
    });
  });
}

function numberOf(reference: string): number {
  const number = Number(reference.replace(/^I-/i, ''));
  if (!Number.isInteger(number) || number > 2_147_483_647)
    throw new AppError('not-found', 'There is no such incident.');
  return number;
}

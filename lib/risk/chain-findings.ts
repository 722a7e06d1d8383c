import type { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres, jsonToPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import type { ChainRule } from '#lib/detection/chain-rule.ts';
import { fieldText } from '#lib/detection/fields.ts';
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { findingIdentity } from '#lib/findings/identity.ts';
import { EXISTING_COLUMNS, type ExistingFinding, keepFinding, withdrawFinding } from '#lib/findings/keep.ts';
import { chainInputs } from './chain-inputs.ts';
import { chainRow, firstOfSources, membersOf, TOLD_MAX } from './chain-row.ts';
import { withinTicks } from './chain-steps.ts';
import { type Chain, findChains } from './chains.ts';

type Transaction = Prisma.TransactionClient;

/**
 * Makes chains equal to what the findings give now. Each is a finding of its own, extended and without risk, under an id
 * of the event that opened it; its members are linked to it.
 */
export async function recomputeChains(
  tx: Transaction,
  investigationId: string,
  rules: readonly ChainRule[],
  nowMs: number,
): Promise<void> {
  await tx.finding.updateMany({
    where: { investigationId, chainSeverity: { not: null } },
    data: { chainSeverity: null },
  });
  await tx.chainMember.deleteMany({ where: { chain: { investigationId } } });
  for (const rule of rules) {
    const inputs = await chainInputs(tx, investigationId, rule);
    const chains = findChains(inputs.switchings, inputs.uses, withinTicks(rule));
    await writeChains(tx, investigationId, rule, chains, inputs.openings, nowMs);
  }
  await markMembers(tx, investigationId);
}

async function writeChains(
  tx: Transaction,
  investigationId: string,
  rule: ChainRule,
  chains: readonly Chain[],
  openings: ReadonlyMap<string, SearchableEvent>,
  nowMs: number,
): Promise<void> {
  const found = chains.map((chain) => ({
    id: findingIdentity({
      investigationId,
      detectionId: rule.id,
      variant: rule.variant,
      mode: 'extended',
      key: [['opened_by', chain.opening.eventId]],
    }),
    chain,
  }));
  await renameMoved(tx, investigationId, rule, found);
  const known = await tx.finding.findMany({
    where: { investigationId, detectionId: rule.id, variant: rule.variant },
    select: EXISTING_COLUMNS,
  });
  const existing = new Map<string, ExistingFinding>(known.map((finding) => [finding.id, finding]));
  for (const { id, chain } of found) {
    const event = openings.get(chain.opening.eventId);
    if (!event) throw new Error('a chain without its opening event');
    await writeChain(tx, investigationId, rule, { id, chain, event }, existing.get(id) ?? null, nowMs);
    existing.delete(id);
  }
  for (const finding of existing.values()) await withdrawFinding(tx, finding);
}

type IdentifiedChain = { readonly id: string; readonly chain: Chain };

/**
 * Evidence that shows an earlier turning-on (or its deletion) changes which event opens a chain, and so its id. The chain
 * keeps its number, triage and notes.
 */
async function renameMoved(
  tx: Transaction,
  investigationId: string,
  rule: ChainRule,
  found: readonly IdentifiedChain[],
): Promise<void> {
  const known = await tx.finding.findMany({
    where: { investigationId, detectionId: rule.id, variant: rule.variant },
    orderBy: { number: 'asc' },
    select: { id: true, number: true, events: { select: { eventId: true } } },
  });
  const knownIds = new Set(known.map(({ id }) => id));
  const fresh = found.filter(({ id }) => !knownIds.has(id));
  const computed = new Set(found.map(({ id }) => id));
  for (const { id, number, events } of known) {
    if (computed.has(id)) continue;
    const had = new Set(events.map(({ eventId }) => eventId));
    const index = fresh.findIndex(({ chain }) => switchEvents(chain).some((eventId) => had.has(eventId)));
    const [moved] = index < 0 ? [] : fresh.splice(index, 1);
    if (!moved) continue;
    await tx.finding.update({ where: { id }, data: { id: moved.id } });
    await tx.auditEntry.create({
      data: {
        actorName: 'Jobsight',
        action: 'finding.move',
        objectType: 'finding',
        objectId: moved.id,
        investigationId,
        before: { id, number },
        after: { id: moved.id, number },
      },
    });
  }
}

function switchEvents(chain: Chain): readonly string[] {
  return [chain.opening, ...chain.further].map(({ eventId }) => eventId);
}

async function writeChain(
  tx: Transaction,
  investigationId: string,
  rule: ChainRule,
  { id, chain, event }: IdentifiedChain & { readonly event: SearchableEvent },
  existing: ExistingFinding | null,
  nowMs: number,
): Promise<void> {
  const members = membersOf(chain);
  const ran = await isConfirmed(tx, rule, chain);
  const { row, user } = await rowOf(tx, investigationId, chain, event, ran);
  const times = members.map(({ timeTicks }) => timeTicks);
  await keepFinding(
    tx,
    {
      id,
      investigationId,
      detectionId: rule.id,
      variant: rule.variant,
      // A chain joins what several searches found, so none of them is it alone.
      mode: 'extended',
      hostId: chain.hostId,
      dest: toPostgres(fieldText(row.get('dest')) ?? ''),
      user,
      sentence: toPostgres(rule.sentence(row, [event])),
      firstTicks: chain.opening.timeTicks,
      lastTicks: times.reduce((max, time) => (time > max ? time : max)),
      riskScore: 0,
      severity: ran ? rule.confirmedSeverity : rule.severity,
      techniques: rule.techniques,
      row: jsonToPostgres([...row]) as Prisma.InputJsonValue,
      filled: [],
      events: members.map(({ eventId, timeTicks }) => ({ id: eventId, timeTicks })),
    },
    existing,
    nowMs,
  );
  await tx.chainMember.createMany({
    data: members.flatMap(({ eventId, hostId, timeTicks, role, findingIds }) =>
      findingIds.map((findingId) => ({ chainId: id, findingId, eventId, hostId, timeTicks, role })),
    ),
  });
}

/** Whether an event on the host, after a use, shows its effect: for example that a job ran. */
async function isConfirmed(tx: Transaction, rule: ChainRule, chain: Chain): Promise<boolean> {
  const [first] = chain.uses;
  const last = chain.uses.at(-1);
  if (rule.confirmedBy.length === 0 || !first || !last) return false;
  const seen = await tx.event.findFirst({
    where: {
      host: { OR: [{ id: chain.hostId }, { joinedToId: chain.hostId }] },
      kind: { in: [...rule.confirmedBy] },
      timeTicks: { gte: first.timeTicks, lte: last.timeTicks + withinTicks(rule) },
    },
    select: { id: true },
  });
  return seen !== null;
}

async function rowOf(
  tx: Transaction,
  investigationId: string,
  chain: Chain,
  opening: SearchableEvent,
  ran: boolean,
): Promise<{ row: ReadonlyMap<string, FieldValue>; user: string | null }> {
  const firstUses = firstOfSources(chain).slice(0, TOLD_MAX);
  const openedIn = chain.opening.findingIds;
  const usedIn = [...new Set(chain.uses.flatMap(({ findingIds }) => findingIds))].slice(0, TOLD_MAX);
  const findings = await tx.finding.findMany({
    where: { id: { in: [...openedIn, ...usedIn] } },
    select: { id: true, sentence: true, user: true },
  });
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  const row = chainRow(chain, {
    opening,
    sources: await computersOf(
      tx,
      investigationId,
      firstUses.map(({ eventId }) => eventId),
    ),
    uses: usedIn.map((id) => fromPostgres(byId.get(id)?.sentence ?? '')),
    ran,
  });
  return { row, user: openedIn.map((id) => byId.get(id)?.user).find((user) => user != null) ?? null };
}

/** The hosts' names as these events have them. */
async function computersOf(
  tx: Transaction,
  investigationId: string,
  eventIds: readonly string[],
): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ id: string; computer: string | null }[]>`
    SELECT id, record->'system'->>'computer' AS computer FROM event
    WHERE investigation_id = ${investigationId} AND id = ANY(${[...eventIds]})`;
  const byId = new Map(rows.map((row) => [row.id, row.computer]));
  return eventIds.flatMap((id) => fromPostgres(byId.get(id) ?? ''));
}

/** Members show the highest severity of their chains; a chain that was a false positive gives none. */
async function markMembers(tx: Transaction, investigationId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE finding f SET chain_severity = best.severity FROM (
      SELECT m.finding_id, max(c.severity) AS severity
      FROM chain_member m JOIN finding c ON c.id = m.chain_id
      WHERE c.investigation_id = ${investigationId} AND c.state = 'active'
        AND (c.disposition IS NULL OR c.disposition NOT IN ('false_positive', 'benign_positive'))
      GROUP BY m.finding_id) best
    WHERE f.id = best.finding_id`;
}

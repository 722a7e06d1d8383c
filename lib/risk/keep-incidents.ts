import type { Prisma } from '#lib/db/generated/client.ts';
import { toPostgres } from '#lib/db/postgres-text.ts';
import type { IncidentDraft } from './find-incidents.ts';

type Transaction = Prisma.TransactionClient;

/**
 * Makes the incidents equal to what the rules raise now. One that no rule raises any more is withdrawn and kept; triage stays,
 * also when the first event moves; a closed one to which later events come is reopened. Each change of sum, severity or state
 * is written down.
 */
export async function keepIncidents(
  tx: Transaction,
  investigationId: string,
  drafts: readonly IncidentDraft[],
  nowMs: number,
): Promise<void> {
  const known = await tx.incident.findMany({ where: { investigationId }, orderBy: { number: 'asc' } });
  await tx.incidentMember.deleteMany({ where: { incident: { investigationId } } });
  const at = new Date(nowMs);
  const matched = matchDrafts(drafts, known);
  const kept = new Set<number>();
  const members: Prisma.IncidentMemberCreateManyInput[] = [];
  for (const draft of drafts) {
    const existing = matched.get(draft.identity) ?? null;
    const number = existing
      ? await updateIncident(tx, existing, draft, at)
      : await raiseIncident(tx, investigationId, draft, at);
    kept.add(number);
    for (const { event, isInPeak } of draft.members)
      members.push({ incidentNumber: number, findingId: event.findingId, episode: event.episode, isInPeak });
  }
  await tx.incidentMember.createMany({ data: members });
  for (const incident of known) {
    if (incident.state === 'active' && !kept.has(incident.number)) await withdrawIncident(tx, incident, at);
  }
}

type Existing = Prisma.IncidentGetPayload<object>;

/** By identity; else the incident of the same rule and object, by any of its names, at an overlapping time. */
function matchDrafts(
  drafts: readonly IncidentDraft[],
  known: readonly Existing[],
): ReadonlyMap<string, Existing> {
  const matched = new Map<string, Existing>();
  const byIdentity = new Map(known.map((incident) => [incident.identity, incident]));
  const taken = new Set<number>();
  for (const { identity } of drafts) {
    const existing = byIdentity.get(identity);
    if (!existing) continue;
    matched.set(identity, existing);
    taken.add(existing.number);
  }
  for (const draft of drafts) {
    if (matched.has(draft.identity)) continue;
    const existing = known.find((incident) => !taken.has(incident.number) && isSame(draft, incident));
    if (!existing) continue;
    matched.set(draft.identity, existing);
    taken.add(existing.number);
  }
  return matched;
}

function isSame({ rule, object, story, ...draft }: IncidentDraft, incident: Existing): boolean {
  const names = [object.name, ...object.aliases.map(({ name }) => name)].map(toPostgres);
  const { firstTicks, lastTicks } = spanOf(draft);
  return (
    incident.ruleId === rule.id &&
    incident.story === toPostgres(story) &&
    incident.objectType === object.type &&
    names.includes(incident.objectName) &&
    firstTicks <= incident.lastTicks &&
    incident.firstTicks <= lastTicks
  );
}

function spanOf({ members }: Pick<IncidentDraft, 'members'>): { firstTicks: bigint; lastTicks: bigint } {
  const first = members[0]?.event.timeTicks ?? 0n;
  return { firstTicks: first, lastTicks: members.at(-1)?.event.timeTicks ?? first };
}

async function raiseIncident(
  tx: Transaction,
  investigationId: string,
  draft: IncidentDraft,
  at: Date,
): Promise<number> {
  const { number } = await tx.incident.create({
    data: { investigationId, ...computedOf(draft), createdAt: at },
  });
  await writeChange(tx, number, draft, at);
  return number;
}

async function updateIncident(
  tx: Transaction,
  existing: Existing,
  draft: IncidentDraft,
  at: Date,
): Promise<number> {
  const computed = computedOf(draft);
  const { number } = existing;
  const isRecurred =
    existing.status === 'closed' &&
    computed.lastTicks > existing.lastTicks &&
    computed.eventCount > existing.eventCount;
  if (!isRecurred && isUnchanged(existing, computed)) return number;
  await tx.incident.update({
    where: { number },
    data: { ...computed, ...(isRecurred ? { status: 'new', disposition: null, recurredAt: at } : {}) },
  });
  const isToldBefore = (['state', 'score', 'severity', 'eventCount'] as const).every(
    (name) => existing[name] === computed[name],
  );
  if (!isToldBefore) await writeChange(tx, number, draft, at);
  return number;
}

function isUnchanged(existing: Existing, computed: ReturnType<typeof computedOf>): boolean {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? one.toString() : one));
  return Object.entries(computed).every(
    ([name, value]) => text(value) === text(existing[name as keyof Existing]),
  );
}

async function withdrawIncident(tx: Transaction, { number, severity }: Existing, at: Date): Promise<void> {
  await tx.incident.update({ where: { number }, data: { state: 'withdrawn' } });
  await tx.incidentChange.create({
    data: { incidentNumber: number, at, state: 'withdrawn', score: 0, severity, eventCount: 0 },
  });
}

async function writeChange(
  tx: Transaction,
  incidentNumber: number,
  { score, severity, members }: IncidentDraft,
  at: Date,
): Promise<void> {
  await tx.incidentChange.create({
    data: { incidentNumber, at, state: 'active', score, severity, eventCount: members.length },
  });
}

function computedOf(draft: IncidentDraft) {
  const { rule, object, members } = draft;
  const rules = members.map(({ event }) => event.rule);
  return {
    identity: draft.identity,
    ruleId: rule.id,
    ruleName: toPostgres(rule.name),
    objectType: object.type,
    objectName: toPostgres(object.name),
    hostId: object.hostId,
    story: toPostgres(draft.story),
    state: 'active' as const,
    sentence: toPostgres(draft.sentence),
    severity: draft.severity,
    score: draft.score,
    uncappedScore: draft.uncapped,
    eventCount: members.length,
    sourceCount: draft.sourceCount,
    tacticCount: draft.tacticCount,
    peakStartTicks: draft.peakStartTicks,
    peakEndTicks: draft.peakEndTicks,
    ...spanOf(draft),
    techniques: [...new Set(rules.flatMap(({ techniques }) => techniques))].sort(),
    stories: [...new Set(rules.flatMap(({ stories }) => stories))].map(toPostgres).sort(),
  };
}

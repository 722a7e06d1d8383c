import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { serviceUser } from '#lib/auth/service-user.ts';
import { db } from '#lib/db/client.ts';
import type { Prisma, Source } from '#lib/db/generated/client.ts';
import { type JsonValue, jsonFromPostgres, jsonToPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { AppError } from '#lib/errors.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { sendPull } from '#lib/jobs/queue.ts';
import { openConnection } from './connection.ts';
import { checkHost } from './egress.ts';
import type { BackfillInput, NewSource, SourceChange } from './inputs.ts';
import { sourceKind } from './kinds.ts';
import { nextAfter } from './schedule.ts';
import { masterSecret, sealedSecrets } from './sealing.ts';
import { SecretError } from './secrets.ts';
import { SourceError, type TestStep } from './types.ts';

/** The first job of a process opens the queue. */
const TRANSACTION = { timeout: 60_000, maxWait: 30_000 };
/** Each source has a user of its own here: its evidence bears that name. */
const SERVICE_DOMAIN = 'source.invalid';
const HOUR_TICKS = 36_000_000_000n;
/** A test that hangs says so. */
const TEST_MS = 60_000;

/** Adds a source; it is pulled when its schedule says so. Secrets are encrypted and never given out. */
export async function addSource(actor: Actor, input: NewSource): Promise<{ readonly id: string }> {
  requirePermission(actor, 'manage-sources');
  const id = randomUUID();
  const { name, kind, settings, secrets, ...rest } = input;
  const checked = checkKind(kind, settings);
  await db.$transaction(async (tx) => {
    await tx.user.create({
      data: serviceUser(id, name, SERVICE_DOMAIN),
    });
    await tx.source.create({
      data: {
        id,
        investigationId: DEFAULT_INVESTIGATION,
        kind,
        settings: checked,
        secrets: sealedSecrets(id, sourceKind(kind).secrets, secrets),
        nextPullAt: rest.isEnabled ? nextAfter(rest.cron, rest.zone, new Date()) : null,
        ...rest,
      },
    });
    await writeAudit(tx, actor, {
      action: 'source.add',
      objectType: 'source',
      objectId: id,
      investigationId: DEFAULT_INVESTIGATION,
      after: { name, kind, settings: checked, ...rest },
    });
  }, TRANSACTION);
  return { id };
}

/** Changes a source. Throws AppError `conflict` when somebody else changed it since. Other settings keep the cursor. */
export async function changeSource(actor: Actor, id: string, change: SourceChange): Promise<void> {
  requirePermission(actor, 'manage-sources');
  await db.$transaction(async (tx) => {
    const before = await lockSource(tx, id);
    if (before.version !== change.version)
      throw new AppError('conflict', 'Somebody changed this source while you were working on it.');
    const { version: _, name, settings, secrets, ...rest } = change;
    const checked = settings === undefined ? undefined : checkKind(before.kind, settings);
    const cron = rest.cron === undefined ? before.cron : rest.cron;
    const isEnabled = rest.isEnabled ?? before.isEnabled;
    await tx.source.update({
      where: { id },
      data: {
        ...rest,
        settings: checked,
        ...(secrets === undefined
          ? {}
          : { secrets: sealedSecrets(id, sourceKind(before.kind).secrets, secrets) }),
        nextPullAt: isEnabled ? nextAfter(cron, rest.zone ?? before.zone, new Date()) : null,
        version: { increment: 1 },
      },
    });
    if (name !== undefined) await tx.user.update({ where: { id }, data: { name } });
    await writeAudit(tx, actor, {
      action: 'source.change',
      objectType: 'source',
      objectId: id,
      investigationId: before.investigationId,
      before: shown(before, before.user.name),
      after: {
        ...(name === undefined ? {} : { name }),
        ...(checked === undefined ? {} : { settings: checked }),
        ...(secrets === undefined ? {} : { secrets: 'changed' }),
        ...rest,
      },
    });
  }, TRANSACTION);
}

/** Takes a source away: its secrets are wiped, its evidence stays. */
export async function removeSource(actor: Actor, id: string): Promise<void> {
  requirePermission(actor, 'manage-sources');
  await db.$transaction(async (tx) => {
    const before = await lockSource(tx, id);
    await tx.source.update({
      where: { id },
      data: { secrets: null, isEnabled: false, cron: null, nextPullAt: null, removedAt: new Date() },
    });
    await tx.sourcePull.updateMany({
      where: { sourceId: id, state: { in: ['waiting', 'running'] } },
      data: { state: 'cancelled', finishedAt: new Date() },
    });
    await tx.pulledRow.deleteMany({ where: { sourceId: id } });
    await writeAudit(tx, actor, {
      action: 'source.remove',
      objectType: 'source',
      objectId: id,
      investigationId: before.investigationId,
      before: shown(before, before.user.name),
    });
  }, TRANSACTION);
}

/** Tries everything that a pull needs and says what works. The steps are kept as the source's last test. */
export async function testSource(actor: Actor, id: string): Promise<readonly TestStep[]> {
  requirePermission(actor, 'manage-sources');
  const source = await findSource(id);
  const steps = await stepsOf(source);
  await db.$transaction(async (tx) => {
    await tx.source.update({
      where: { id },
      data: {
        testedAt: new Date(),
        test: jsonToPostgres(steps as unknown as JsonValue) as Prisma.InputJsonValue,
      },
    });
    await writeAudit(tx, actor, {
      action: 'source.test',
      objectType: 'source',
      objectId: id,
      investigationId: source.investigationId,
      after: Object.fromEntries(steps.map(({ step, state }) => [step, state])),
    });
  }, TRANSACTION);
  return steps;
}

async function stepsOf(source: Source): Promise<readonly TestStep[]> {
  const signal = AbortSignal.timeout(TEST_MS);
  const steps: TestStep[] = [];
  let connection: ReturnType<typeof openConnection> | null = null;
  try {
    connection = openConnection(source, masterSecret());
    const context = {
      fetch: connection.egress.fetch,
      signal,
      tries: 1,
      sleep: (ms: number) => wait(ms, undefined, { signal }),
      note: () => {},
    };
    for await (const step of connection.test(context)) steps.push(step);
  } catch (error) {
    steps.push(failedStep(error, signal.aborted));
  } finally {
    await connection?.egress.close();
  }
  return steps;
}

function failedStep(error: unknown, isTimeOver: boolean): TestStep {
  if (isTimeOver)
    return {
      step: 'reach',
      state: 'fails',
      message: `The source did not finish answering within ${TEST_MS / 1_000} seconds.`,
      remedy: 'Check that it is not overloaded, and that a firewall does not swallow the connection.',
    };
  if (error instanceof SecretError)
    return { step: 'sign-in', state: 'fails', message: error.message, remedy: 'Enter the secret again.' };
  if (!(error instanceof SourceError)) throw error;
  const step =
    error.code === 'tls'
      ? 'tls'
      : error.code === 'sign-in'
        ? 'sign-in'
        : error.code === 'rights'
          ? 'rights'
          : 'reach';
  return { step, state: 'fails', message: error.message, remedy: error.remedy };
}

/** Pulls now, beside the schedule. */
export async function pullNow(actor: Actor, id: string): Promise<{ readonly pullId: string }> {
  requirePermission(actor, 'add-evidence');
  return db.$transaction(async (tx) => {
    const source = await lockSource(tx, id);
    const { id: pullId } = await tx.sourcePull.create({ data: { sourceId: id, cause: 'hand' } });
    await sendPull(tx, { sourceId: id });
    await writeAudit(tx, actor, {
      action: 'source.pull',
      objectType: 'source',
      objectId: id,
      investigationId: source.investigationId,
      after: { pullId },
    });
    return { pullId };
  }, TRANSACTION);
}

/** Pulls the past in slices of event time, the latest first; each goes on by itself after a kill. */
export async function backfillSource(
  actor: Actor,
  id: string,
  { from, to, sliceHours }: BackfillInput,
): Promise<{ readonly sliceCount: number }> {
  requirePermission(actor, 'manage-sources');
  const fromTicks = BigInt(Date.parse(from)) * 10_000n;
  const toTicks = BigInt(Date.parse(to)) * 10_000n;
  const sliceTicks = BigInt(sliceHours) * HOUR_TICKS;
  const slices: Prisma.SourcePullCreateManyInput[] = [];
  for (let end = toTicks; end > fromTicks; end -= sliceTicks) {
    const start = end - sliceTicks > fromTicks ? end - sliceTicks : fromTicks;
    slices.push({ sourceId: id, cause: 'backfill', fromTicks: start, toTicks: end });
  }
  await db.$transaction(async (tx) => {
    const source = await lockSource(tx, id);
    await tx.sourcePull.createMany({ data: slices });
    await sendPull(tx, { sourceId: id });
    await writeAudit(tx, actor, {
      action: 'source.pull',
      objectType: 'source',
      objectId: id,
      investigationId: source.investigationId,
      after: { from, to, sliceHours },
    });
  }, TRANSACTION);
  return { sliceCount: slices.length };
}

/** Ends a pull, or with null all that wait or run; what was kept stays. */
export async function cancelPulls(actor: Actor, id: string, pullId: string | null): Promise<void> {
  requirePermission(actor, 'manage-sources');
  await db.$transaction(async (tx) => {
    const source = await lockSource(tx, id);
    const { count } = await tx.sourcePull.updateMany({
      where: {
        sourceId: id,
        state: { in: ['waiting', 'running'] },
        ...(pullId === null ? {} : { id: pullId }),
      },
      data: { state: 'cancelled', finishedAt: new Date() },
    });
    await writeAudit(tx, actor, {
      action: 'source.pull',
      objectType: 'source',
      objectId: id,
      investigationId: source.investigationId,
      after: { cancelled: count },
    });
  }, TRANSACTION);
}

async function findSource(id: string): Promise<Source> {
  const source = await db.source.findUnique({ where: { id } });
  if (!source || source.removedAt !== null) throw new AppError('not-found', 'There is no such source.');
  return source;
}

async function lockSource(tx: Prisma.TransactionClient, id: string) {
  await tx.$queryRaw`SELECT id FROM source WHERE id = ${id} FOR UPDATE`;
  const source = await tx.source.findUnique({ where: { id }, include: { user: { select: { name: true } } } });
  if (!source || source.removedAt !== null) throw new AppError('not-found', 'There is no such source.');
  return source;
}

/** Settings as the kind has them; hosts that no source may have are refused now, and again when a pull connects. */
function checkKind(kind: string, settings: NewSource['settings']): Prisma.InputJsonObject {
  const { settings: schema, origins } = sourceKind(kind);
  const parsed = schema.parse(settings);
  for (const origin of origins(parsed)) {
    try {
      checkHost(new URL(origin));
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      throw new AppError('invalid-input', error.message, { field: 'settings' });
    }
  }
  return jsonToPostgres(parsed as JsonValue) as Prisma.InputJsonObject;
}

/** What the audit keeps of a source: never a secret. */
function shown(source: Source, name: string): Prisma.InputJsonObject {
  const { kind, proxyUrl, tlsOffReason, isEnabled, cron, zone, lookBackMinutes } = source;
  const settings = jsonFromPostgres(source.settings as JsonValue) as Prisma.InputJsonValue;
  return {
    name: toPostgres(name),
    kind,
    settings,
    proxyUrl,
    tlsOffReason,
    isEnabled,
    cron,
    zone,
    lookBackMinutes,
  };
}

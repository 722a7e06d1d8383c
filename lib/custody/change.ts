import { isDeepStrictEqual } from 'node:util';
import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { lockInvestigation } from '#lib/db/locks.ts';
import { env } from '#lib/env.ts';
import { AppError } from '#lib/errors.ts';
import { type Survey, surveyColumns } from '#lib/evidence/mapping/survey.ts';
import { openStored } from './arriving.ts';
import { sameArchive } from './asking.ts';
import { forgetUnseen, readAnew } from './forget.ts';
import { goOn } from './go-on.ts';
import type { EvidenceChange, MappingChoice } from './inputs.ts';
import { rememberMapping } from './mappings.ts';
import { findEvidence } from './queries.ts';
import { choiceOf, toStored, zoneOf } from './reading.ts';
import { EvidenceStore } from './store.ts';
import { ARCHIVE_FORM } from './unpack.ts';

type Transaction = Prisma.TransactionClient;
type Row = Awaited<ReturnType<typeof findEvidence>>;

const TRANSACTION = { timeout: 120_000, maxWait: 30_000 };

/**
 * Says how an evidence is read: the zone of times that name none, and what its columns are. What waits for it is read on;
 * what was read otherwise is read again and then is as if it had just been added. Throws AppError.
 */
export async function changeEvidence(actor: Actor, id: string, change: EvidenceChange): Promise<void> {
  requirePermission(actor, 'add-evidence');
  const evidence = await findEvidence(id);
  assertWhole(evidence);
  const survey = change.mapping === undefined ? null : await surveyStored(evidence);
  if (change.mapping !== undefined) assertFits(change.mapping, survey);
  await db.$transaction(async (tx) => {
    const { investigationId } = await findEvidence(id);
    await lockInvestigation(tx, investigationId, 'exclusive');
    // A worker that takes it now waits, and is told what is said here.
    await tx.$queryRaw`SELECT 1 FROM evidence WHERE id = ${id}::uuid FOR UPDATE`;
    const row = await tx.evidence.findUnique({ where: { id } });
    if (!row) throw new AppError('not-found', 'There is no such evidence. It may have been deleted.');
    if (row.status === 'refused')
      throw new AppError('conflict', 'This file was refused: there is nothing to read in it.');
    if (change.mapping !== undefined && survey) {
      await rememberMapping(tx, actor, survey, change.mapping);
    }
    const isAnew = await changeOne(tx, row, change, survey?.headerKey ?? null);
    const alsoCount = await answerOthers(tx, row, change, survey?.headerKey ?? null);
    await writeAudit(tx, actor, {
      action: 'evidence.change',
      objectType: 'evidence',
      objectId: id,
      investigationId,
      before: { timeZone: row.timeZone, mapping: row.mapping },
      after: {
        ...(change.timeZone === undefined ? {} : { timeZone: change.timeZone }),
        ...(change.mapping === undefined ? {} : { mapping: toStored(change.mapping) }),
        alsoCount,
      },
    });
    if (isAnew) await forgetUnseen(tx, investigationId);
  }, TRANSACTION);
}

/** Questions are asked of whole files. */
export function assertWhole({ sha256 }: Pick<Row, 'sha256'>): void {
  if (sha256 !== null) return;
  throw new AppError('conflict', 'This file is still arriving. Say it when all of it is here.');
}

/** The columns of a stored file; null when a known form claims it. */
export async function surveyStored(row: Row): Promise<Survey | null> {
  const stored = { ...row, sizeBytes: Number(row.sizeBytes) };
  const source = await openStored(new EvidenceStore(env().JOBSIGHT_DATA), stored);
  return surveyColumns(source).finally(() => source.close());
}

function assertFits(mapping: MappingChoice, survey: Survey | null): void {
  if (!survey)
    throw new AppError('conflict', 'Jobsight knows what this file is: its columns cannot be mapped.');
  if (mapping === 'as-is') return;
  const names = new Set(survey.columns.map(({ name }) => name));
  const used = [mapping.time?.column, mapping.raw, ...Object.values(mapping.fields)];
  const missing = used.find((name) => typeof name === 'string' && !names.has(name));
  if (missing) throw new AppError('invalid-input', `The file has no column “${missing}”.`);
}

/** @returns whether what was read of it was taken away */
async function changeOne(
  tx: Transaction,
  row: Row | Omit<Row, 'uploadedBy'>,
  change: EvidenceChange,
  headerKey: string | null,
): Promise<boolean> {
  const { mapping } = change;
  const timeZone = change.timeZone ?? (mapping === undefined ? null : zoneOf(mapping)) ?? row.timeZone;
  const isSameMapping = mapping === undefined || isDeepStrictEqual(mapping, choiceOf(row.mapping));
  await tx.evidence.update({
    where: { id: row.id },
    data: { timeZone, ...(mapping === undefined ? {} : { mapping: toStored(mapping), headerKey }) },
  });
  if (row.form === ARCHIVE_FORM) return false;
  if (row.question === 'mapping' || (row.question === 'time_zone' && isSameMapping)) {
    const isAnswered = row.question === 'mapping' ? mapping !== undefined : timeZone !== null;
    if (isAnswered) await goOn(tx, row.id);
    return false;
  }
  const isUnread = row.status === 'waiting' && row.nextOffset === 0n;
  if (isUnread || (isSameMapping && timeZone === row.timeZone)) return false;
  await readAnew(tx, row.id);
  return true;
}

/** Answers the same question of other evidence. @returns of how many */
async function answerOthers(
  tx: Transaction,
  row: Omit<Row, 'uploadedBy'>,
  { timeZone, mapping, scope }: EvidenceChange,
  headerKey: string | null,
): Promise<number> {
  const { id, investigationId } = row;
  const isWhole = scope === 'investigation';
  const archive = scope === 'archive' || row.form === ARCHIVE_FORM ? await sameArchive(tx, id) : [];
  const within = isWhole ? { id: { not: id } } : { id: { in: archive.filter((one) => one !== id) } };
  if (timeZone !== undefined && archive.length > 0) {
    // What is still to come out of it inherits the zone.
    await tx.evidence.updateMany({
      where: { id: { in: [...archive] }, timeZone: null, status: { in: ['waiting', 'reading'] } },
      data: { timeZone },
    });
    await tx.evidence.updateMany({
      where: { id: { in: [...archive] }, timeZone: null, form: ARCHIVE_FORM },
      data: { timeZone },
    });
  }
  const asking = { investigationId, status: 'asking' as const };
  const zoned =
    timeZone === undefined
      ? []
      : await tx.evidence.findMany({ where: { ...asking, ...within, question: 'time_zone' } });
  // A mapping is for its header; that columns are fields can be said of all.
  const isForAll = mapping === 'as-is' && scope !== 'this';
  const mapped =
    mapping === undefined
      ? []
      : await tx.evidence.findMany({
          where: {
            ...asking,
            question: 'mapping',
            OR: [{ id: { not: id }, headerKey }, ...(isForAll ? [within] : [])],
          },
        });
  for (const other of zoned) {
    await tx.evidence.update({ where: { id: other.id }, data: { timeZone: timeZone ?? null } });
    await goOn(tx, other.id);
  }
  for (const other of mapped) {
    if (mapping === undefined) continue;
    await tx.evidence.update({
      where: { id: other.id },
      data: { mapping: toStored(mapping), timeZone: other.timeZone ?? timeZone ?? zoneOf(mapping) },
    });
    await goOn(tx, other.id);
  }
  return zoned.length + mapped.length;
}

import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { AppError } from '#lib/errors.ts';
import type { MappingFile } from '#lib/evidence/mapping/mapping.ts';
import type { Survey } from '#lib/evidence/mapping/survey.ts';
import type { MappingChoice } from './inputs.ts';
import { choiceOf, toStored } from './reading.ts';
import type { MappingListItem } from './types.ts';

const LISTED_MAX = 1_000;

/** What is remembered for headers, the newest first. */
export async function listMappings(actor: Actor): Promise<{ readonly items: readonly MappingListItem[] }> {
  requirePermission(actor, 'read');
  const rows = await db.rememberedMapping.findMany({ orderBy: { updatedAt: 'desc' }, take: LISTED_MAX });
  const counts = await db.evidence.groupBy({
    by: ['headerKey'],
    where: { headerKey: { in: rows.map(({ headerKey }) => headerKey) } },
    _count: true,
  });
  const byHeader = new Map(counts.map(({ headerKey, _count }) => [headerKey, _count]));
  return {
    items: rows.map((row) => ({
      headerKey: row.headerKey,
      columns: row.columns.map(fromPostgres),
      mapping: choiceOf(row.mapping) ?? 'as-is',
      updatedBy: row.updatedByName,
      updatedAt: row.updatedAt.toISOString(),
      evidenceCount: byHeader.get(row.headerKey) ?? 0,
    })),
  };
}

/** A mapping as `scan --mapping` takes it. Throws AppError. */
export async function exportMapping(actor: Actor, headerKey: string): Promise<MappingFile> {
  requirePermission(actor, 'read');
  const row = await db.rememberedMapping.findUnique({ where: { headerKey } });
  const mapping = row ? choiceOf(row.mapping) : null;
  if (!row || mapping === null) throw noSuchMapping();
  if (mapping === 'as-is') {
    throw new AppError(
      'conflict',
      'Columns of this header are read as they are: there is no mapping to export.',
    );
  }
  return { columns: row.columns.map(fromPostgres), mapping };
}

/** Forgets a mapping: the next file with its header is asked about. What was read with it stays. Throws AppError. */
export async function deleteMapping(actor: Actor, headerKey: string): Promise<void> {
  requirePermission(actor, 'add-evidence');
  await db.$transaction(async (tx) => {
    const row = await tx.rememberedMapping.findUnique({ where: { headerKey } });
    if (!row) throw noSuchMapping();
    await tx.rememberedMapping.delete({ where: { headerKey } });
    await writeAudit(tx, actor, {
      action: 'mapping.delete',
      objectType: 'mapping',
      objectId: headerKey,
      before: { columns: row.columns, mapping: row.mapping },
    });
  });
}

export async function rememberMapping(
  tx: Prisma.TransactionClient,
  actor: Actor,
  { headerKey, columns }: Survey,
  mapping: MappingChoice,
): Promise<void> {
  const before = await tx.rememberedMapping.findUnique({ where: { headerKey } });
  const data = { mapping: toStored(mapping), updatedByName: actor.name };
  await tx.rememberedMapping.upsert({
    where: { headerKey },
    create: { headerKey, columns: columns.map(({ name }) => toPostgres(name)), ...data },
    update: data,
  });
  await writeAudit(tx, actor, {
    action: 'mapping.change',
    objectType: 'mapping',
    objectId: headerKey,
    ...(before ? { before: { mapping: before.mapping } } : {}),
    after: { mapping: data.mapping },
  });
}

function noSuchMapping(): AppError {
  return new AppError('not-found', 'There is no such mapping. It may have been deleted.');
}

import type { Readable } from 'node:stream';
import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { type JsonValue, jsonToPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { AppError } from '#lib/errors.ts';
import type { EntityRow } from './entities.ts';
import { readEntityFile } from './entity-file.ts';
import { changeRisk } from './everywhere.ts';
import type { EntityImportQuery, EntityQuery } from './inputs.ts';
import { entityOfRow } from './read-rules.ts';
import type { EntityImportResult, EntityPage } from './types.ts';

const ROWS_AT_ONCE = 5_000;
const FILE_MAX = 64 * 1024 * 1024;

/**
 * Imports an asset or identity list; risk is made anew at once. Lines with a problem are left out and named. Throws AppError
 * `invalid-input` when no line can be used: then nothing changes.
 */
export async function importEntities(
  actor: Actor,
  { kind, mode }: EntityImportQuery,
  fileName: string,
  bytes: Uint8Array,
): Promise<EntityImportResult> {
  requirePermission(actor, 'manage-risk');
  const file = readEntityFile(kind, fileName.slice(0, 200), decoded(bytes));
  const { rows, problems, problemTotal, otherColumns } = file;
  if (rows.length === 0) {
    const [first] = problems;
    throw new AppError(
      'invalid-input',
      first ? `Nothing was imported. Line ${first.line}: ${first.message}` : 'The list has no entries.',
      { problems },
    );
  }
  const removedCount = await changeRisk(async (tx) => {
    const keys = rows.flatMap((row) => row.keys.map(toPostgres));
    const { count } = await tx.entity.deleteMany({
      where: mode === 'replace' ? { kind } : { kind, keys: { hasSome: keys } },
    });
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
      await tx.entity.createMany({ data: rows.slice(from, from + ROWS_AT_ONCE).map(rowOf) });
    await writeAudit(tx, actor, {
      action: 'risk.entities',
      objectType: 'entities',
      objectId: kind,
      after: {
        file: toPostgres(fileName),
        mode,
        imported: rows.length,
        removed: count,
        problems: problemTotal,
      },
    });
    return count;
  });
  return { kind, importedCount: rows.length, removedCount, problems, problemTotal, otherColumns };
}

/** Reads an uploaded list. Throws AppError `too-large`. */
export async function readEntityUpload(
  name: string,
  content: Readable,
): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > FILE_MAX)
      throw new AppError('too-large', 'A list may have 64 MiB. Split it and add the parts.');
    chunks.push(chunk);
  }
  return { name, bytes: Buffer.concat(chunks) };
}

/** Takes a list away. */
export async function removeEntities(actor: Actor, kind: EntityRow['kind']): Promise<void> {
  requirePermission(actor, 'manage-risk');
  await changeRisk(async (tx) => {
    const { count } = await tx.entity.deleteMany({ where: { kind } });
    await writeAudit(tx, actor, {
      action: 'risk.entities',
      objectType: 'entities',
      objectId: kind,
      after: { removed: count },
    });
  });
}

/** In the order of their files and lines. */
export async function listEntities(actor: Actor, query: EntityQuery): Promise<EntityPage> {
  requirePermission(actor, 'read');
  const { kind } = query;
  const offset = Number(query.cursor ?? 0);
  const like = `%${toPostgres(query.q ?? '').replace(/[\\%_]/g, '\\$&')}%`;
  const [rows, [total]] = await Promise.all([
    db.$queryRaw<
      {
        id: string;
        kind: EntityRow['kind'];
        keys: string[];
        columns: unknown;
        fileName: string;
        line: number;
      }[]
    >`
      SELECT id::text, kind::text AS kind, keys, columns, file_name AS "fileName", line FROM entity
      WHERE kind::text = ${kind} AND columns::text ILIKE ${like}
      ORDER BY imported_at, file_name, line LIMIT ${query.limit + 1} OFFSET ${offset}`,
    db.$queryRaw<{ count: bigint }[]>`
      SELECT count(*) FROM entity WHERE kind::text = ${kind} AND columns::text ILIKE ${like}`,
  ]);
  return {
    items: rows.slice(0, query.limit).map((row) => {
      const entity = entityOfRow(row);
      return {
        id: row.id,
        kind,
        columns: Object.entries(entity.columns),
        fileName: entity.fileName,
        line: entity.line,
      };
    }),
    nextCursor: rows.length > query.limit ? String(offset + query.limit) : null,
    total: Number(total?.count ?? 0),
  };
}

function rowOf({ kind, keys, columns, fileName, line }: EntityRow) {
  return {
    kind,
    keys: keys.map(toPostgres),
    columns: jsonToPostgres(columns as unknown as JsonValue) as object,
    fileName: toPostgres(fileName),
    line,
  };
}

/** UTF-8, or UTF-16 with a byte order mark, as spreadsheets write it. */
function decoded(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder().decode(bytes);
}

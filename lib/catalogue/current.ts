import { randomUUID } from 'node:crypto';
import type { LookupDefinition, LookupRows } from '#lib/content/import/lookup.ts';
import type { ImportedDetection } from '#lib/content/import/types.ts';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres, type JsonValue, jsonFromPostgres } from '#lib/db/postgres-text.ts';
import type { Knowledge } from '#lib/detection/rule.ts';
import { loadedContent } from '#lib/detection/rules.ts';
import { buildCatalogue, type Catalogue, type CatalogueRows, type ImportedVersion } from './catalogue.ts';

/** Row of table setting that every change of the catalogue gives another value, so that all processes notice. */
const REVISION = 'detections.revision';

type Database = Prisma.TransactionClient;

let cached: Catalogue | null = null;

/**
 * The detections as the database has them now. Ask within the transaction that computes findings: what is then read is
 * what counts.
 */
export async function currentCatalogue(tx: Database = db): Promise<Catalogue> {
  const row = await tx.setting.findUnique({ where: { key: REVISION } });
  const revision = String(row?.value ?? '');
  if (cached?.revision !== revision)
    cached = buildCatalogue(await loadedContent(), await readRows(tx, revision));
  return cached;
}

export async function currentKnowledge(tx: Database = db): Promise<Knowledge> {
  return (await currentCatalogue(tx)).knowledge;
}

/**
 * To be called after every change of the catalogue and before it is read again, with all investigations locked. Never
 * the same value twice, so that what a transaction read and then undid is found by nobody.
 */
export async function markChanged(tx: Database): Promise<void> {
  const value = randomUUID();
  await tx.setting.upsert({ where: { key: REVISION }, create: { key: REVISION, value }, update: { value } });
}

async function readRows(tx: Database, revision: string): Promise<CatalogueRows> {
  const [versions, macros, lookups, settings, risks] = [
    await tx.$queryRaw<VersionRow[]>`
      SELECT DISTINCT ON (v.detection_id, v.variant) v.detection_id, v.number, v.variant, v.content, v.created_at,
        f.name AS file_name, f.imported_by_name
      FROM detection_version v JOIN content_file f ON f.id = v.file_id
      ORDER BY v.detection_id, v.variant, v.number DESC`,
    await tx.importedMacro.findMany({ orderBy: [{ name: 'asc' }, { argCount: 'asc' }] }),
    await tx.importedLookup.findMany({ orderBy: [{ part: 'asc' }, { name: 'asc' }] }),
    await tx.detectionSetting.findMany(),
    await tx.detectionRiskVersion.findMany({ distinct: ['detectionId'], orderBy: { number: 'desc' } }),
  ];
  const halves = (part: string): JsonValue[] =>
    lookups.filter((row) => row.part === part).map((row) => jsonFromPostgres(row.content as JsonValue));
  return {
    revision,
    versions: versions.map(toVersion),
    macros: macros.map(({ name, args, definition }) => ({
      name,
      args,
      definition: fromPostgres(definition),
    })),
    lookupDefinitions: halves('definition') as unknown as LookupDefinition[],
    lookupRows: halves('rows') as unknown as LookupRows[],
    settings: new Map(
      settings.map((row) => [
        row.detectionId,
        {
          wanted: row.wantedVariant,
          active: row.activeVariant,
          stopped: row.stopped,
        },
      ]),
    ),
    risks: new Map(
      risks.flatMap(({ detectionId, impact, confidence }) =>
        impact === null || confidence === null ? [] : [[detectionId, { impact, confidence }]],
      ),
    ),
  };
}

type VersionRow = {
  readonly detection_id: string;
  readonly number: number;
  readonly variant: string;
  readonly content: unknown;
  readonly created_at: Date;
  readonly file_name: string;
  readonly imported_by_name: string;
};

function toVersion(row: VersionRow): ImportedVersion {
  return {
    detection: jsonFromPostgres(row.content as JsonValue) as unknown as ImportedDetection,
    number: row.number,
    variant: row.variant,
    fileName: fromPostgres(row.file_name),
    importedBy: row.imported_by_name,
    importedAt: row.created_at.toISOString(),
  };
}

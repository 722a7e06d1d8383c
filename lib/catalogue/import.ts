import { type AuditActor, writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import type { ImportedDetection, ImportProblem } from '#lib/content/import/types.ts';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { type JsonValue, jsonToPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { AppError } from '#lib/errors.ts';
import { type CatalogueEntry, variantOf } from './catalogue.ts';
import { currentCatalogue, markChanged } from './current.ts';
import { readDetectionFile } from './read-file.ts';
import { sha256, variantName } from './rule-key.ts';
import { lockAllInvestigations, planReprocess, recomputeAll } from './settle.ts';
import { kindsOfEvents, problemOf, relevantCount, runStatusOf } from './status.ts';
import type { ImportedItem, ImportResult } from './types.ts';

const TRANSACTION = { timeout: 300_000, maxWait: 30_000 };
const PROBLEMS_TOLD = 500;

export type DetectionFile = { readonly name: string; readonly text: string };
export type ImportOptions = { readonly isEnabling: boolean };

/**
 * Imports files of detections, macros and lookups together, so that they may refer to each other in any order. What is
 * there already stays as it is; what has changed is a new version, and takes the place of the one before where that was
 * enabled. Throws AppError `invalid-input` when there is nothing in them.
 */
export async function importDetections(
  actor: Actor,
  files: readonly DetectionFile[],
  options: ImportOptions,
): Promise<ImportResult> {
  requirePermission(actor, 'manage-detections');
  return importFiles(actor, files, options);
}

/** For the folder that is read at start; others go through importDetections. */
export async function importFiles(
  actor: AuditActor,
  files: readonly DetectionFile[],
  options: ImportOptions,
): Promise<ImportResult> {
  const read = files.map((file) => ({ file, content: readDetectionFile(file.text, file.name) }));
  const problems = read.flatMap(({ content }) => content.problems);
  const isEmpty = read.every(
    ({ content: { detections, macros, lookupDefinitions, lookupRows } }) =>
      detections.length + macros.length + lookupDefinitions.length + lookupRows.length === 0,
  );
  if (isEmpty) {
    throw new AppError('invalid-input', nothingFound(problems), {
      problems: problems.slice(0, PROBLEMS_TOLD),
    });
  }
  return db.$transaction(async (tx) => {
    await lockAllInvestigations(tx);
    const job = new Import(tx, actor, options);
    for (const { file, content } of read) {
      await job.open(file);
      await job.addMacros(content.macros);
      for (const definition of content.lookupDefinitions)
        await job.addLookup('definition', definition.name, definition);
      for (const rows of content.lookupRows) await job.addLookup('rows', rows.csvFile, rows);
      for (const detection of content.detections) await job.addDetection(detection);
    }
    if (job.hasChanges) {
      await markChanged(tx);
      await recomputeAll(tx);
      await planReprocess(tx);
    }
    return {
      items: await job.results(),
      macros: [...job.macros],
      lookups: [...job.lookups],
      problems: problems.slice(0, PROBLEMS_TOLD),
    };
  }, TRANSACTION);
}

function nothingFound(problems: readonly ImportProblem[]): string {
  const [first] = problems;
  if (!first) return 'There is no detection, macro or lookup in it.';
  const line = first.line === undefined ? '' : `, line ${first.line}`;
  return `Nothing was imported. ${first.place}${line}: ${first.message}`;
}

type Added = Pick<ImportedItem, 'id' | 'name' | 'fileName' | 'outcome' | 'version' | 'variant'>;

/** One import within its transaction. */
class Import {
  readonly #tx: Prisma.TransactionClient;
  readonly #actor: AuditActor;
  readonly #options: ImportOptions;
  readonly #added = new Map<string, Added>();
  #file: DetectionFile = { name: '', text: '' };
  #fileId: string | null = null;
  #entries: ReadonlyMap<string, CatalogueEntry> | null = null;
  readonly macros = new Set<string>();
  readonly lookups = new Set<string>();

  constructor(tx: Prisma.TransactionClient, actor: AuditActor, options: ImportOptions) {
    this.#tx = tx;
    this.#actor = actor;
    this.#options = options;
  }

  get hasChanges(): boolean {
    const isChange = ({ outcome }: Added): boolean => outcome === 'added' || outcome === 'updated';
    return this.macros.size + this.lookups.size > 0 || [...this.#added.values()].some(isChange);
  }

  /** What follows comes from this file; it is kept when anything of it is new. */
  async open(file: DetectionFile): Promise<void> {
    this.#file = file;
    this.#fileId = null;
    this.#entries ??= new Map((await currentCatalogue(this.#tx)).entries.map((entry) => [entry.id, entry]));
  }

  async #keptFile(): Promise<string> {
    if (this.#fileId !== null) return this.#fileId;
    const { id } = await this.#tx.contentFile.create({
      data: {
        name: toPostgres(this.#file.name),
        sha256: sha256(this.#file.text),
        body: toPostgres(this.#file.text),
        importedById: this.#actor.id,
        importedByName: this.#actor.name,
      },
    });
    this.#fileId = id;
    return id;
  }

  async addMacros(
    macros: readonly {
      readonly name: string;
      readonly args: readonly string[];
      readonly definition: string;
    }[],
  ): Promise<void> {
    for (const { name, args, definition } of macros) {
      const key = { name, argCount: args.length };
      const known = await this.#tx.importedMacro.findUnique({ where: { name_argCount: key } });
      const stored = { args: [...args], definition: toPostgres(definition) };
      if (known?.definition === stored.definition && known.args.join() === args.join()) continue;
      const fileId = await this.#keptFile();
      await this.#tx.importedMacro.upsert({
        where: { name_argCount: key },
        create: { ...key, ...stored, fileId },
        update: { ...stored, fileId },
      });
      this.macros.add(args.length === 0 ? name : `${name}(${args.length})`);
      await this.#audit('macro', name, { definition: stored.definition.slice(0, 2_000) });
    }
  }

  async addLookup(part: 'definition' | 'rows', name: string, value: object): Promise<void> {
    const content = jsonToPostgres(value as JsonValue) as Prisma.InputJsonObject;
    const known = await this.#tx.importedLookup.findUnique({ where: { part_name: { part, name } } });
    if (known && canonical(known.content) === canonical(content)) return;
    const fileId = await this.#keptFile();
    await this.#tx.importedLookup.upsert({
      where: { part_name: { part, name } },
      create: { part, name, content, fileId },
      update: { content, fileId },
    });
    this.lookups.add(name);
    await this.#audit('lookup', name, {});
  }

  async addDetection(detection: ImportedDetection): Promise<void> {
    const { id, name, fileName } = detection;
    const variant = variantName(detection.search);
    const about = { id, name, fileName, variant };
    const entry = this.#entries?.get(id);
    const shipped = entry?.variants.find((one) => one.isShipped && variantName(one.search) === variant);
    if (shipped) {
      const version = entry?.shipped?.version ?? 1;
      this.#added.set(id, { ...about, outcome: 'shipped', version, variant: shipped.name });
      return;
    }
    const latest = await this.#tx.detectionVersion.findFirst({
      where: { detectionId: id },
      orderBy: { number: 'desc' },
    });
    const content = jsonToPostgres(detection as unknown as JsonValue) as Prisma.InputJsonObject;
    if (latest && canonical(latest.content) === canonical(content)) {
      const before = this.#added.get(id);
      if (!before) this.#added.set(id, { ...about, outcome: 'unchanged', version: latest.number });
      return;
    }
    const number = (latest?.number ?? 0) + 1;
    const fileId = await this.#keptFile();
    await this.#tx.detectionVersion.create({ data: { detectionId: id, number, fileId, variant, content } });
    await this.#want(entry ?? null, id, variant, latest?.variant ?? null);
    this.#added.set(id, { ...about, outcome: latest ? 'updated' : 'added', version: number });
    await this.#audit('detection', id, { name: toPostgres(name), version: number, variant });
  }

  /** A new version takes the place of the newest one where that was wanted; another choice of a manager stays. */
  async #want(
    entry: CatalogueEntry | null,
    id: string,
    variant: string,
    latest: string | null,
  ): Promise<void> {
    if (entry?.shipped) return;
    const setting = await this.#tx.detectionSetting.findUnique({ where: { detectionId: id } });
    const isNew = latest === null && setting === null;
    if (isNew && !this.#options.isEnabling) return;
    if (!isNew && (setting === null || setting.wantedVariant === null || setting.wantedVariant !== latest))
      return;
    await this.#tx.detectionSetting.upsert({
      where: { detectionId: id },
      create: { detectionId: id, wantedVariant: variant },
      update: { wantedVariant: variant },
    });
  }

  async #audit(kind: string, objectId: string, after: Prisma.InputJsonObject): Promise<void> {
    await writeAudit(this.#tx, this.#actor, {
      action: 'detection.import',
      objectType: 'detection',
      objectId,
      after: { kind, file: toPostgres(this.#file.name), sha256: sha256(this.#file.text), ...after },
    });
  }

  async results(): Promise<ImportedItem[]> {
    const { entries } = await currentCatalogue(this.#tx);
    const kinds = await kindsOfEvents(this.#tx);
    return [...this.#added.values()].flatMap((added) => {
      const entry = entries.find(({ id }) => id === added.id);
      if (!entry) return [];
      const variant = variantOf(entry, added.variant);
      if (!variant) return [];
      return [
        {
          ...added,
          isEnabled: entry.wanted !== null,
          status: runStatusOf(variant, relevantCount(variant, kinds)),
          problem: problemOf(variant),
        },
      ];
    });
  }
}

/** JSON with its keys in one order: PostgreSQL keeps another than what was written. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** Detections of a folder, as they are published: for commands that run without a database. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { importedRule } from '#lib/catalogue/imported-rule.ts';
import { readDetectionFile } from '#lib/catalogue/read-file.ts';
import { searchEnvironment } from '#lib/content/environment.ts';
import { importEnvironment } from '#lib/content/import/environment.ts';
import { linkLookups } from '#lib/content/import/lookup.ts';
import { loadContent } from '#lib/content/load.ts';
import type { DetectionRule } from '#lib/detection/rule.ts';
import { SplError } from '#lib/spl/types.ts';
import { fromCallersFolder } from './callers-folder.ts';

const READ_ENDINGS = new Set(['.yml', '.yaml', '.conf', '.csv']);

/** What the folder's detections compile to, and why some cannot run. Throws when the folder cannot be read. */
export async function rulesOfFolder(
  folder: string,
): Promise<{ rules: readonly DetectionRule[]; refused: readonly string[] }> {
  const root = fromCallersFolder(folder);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && READ_ENDINGS.has(path.extname(entry.name).toLowerCase()))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  const files = await Promise.all(
    names.map(async (name) => readDetectionFile(await readFile(name, 'utf8'), path.basename(name))),
  );
  const detections = files.flatMap((file) => file.detections);
  const environment = importEnvironment(searchEnvironment(loadContent()), {
    detections,
    macros: files.flatMap((file) => file.macros),
    lookups: linkLookups(
      files.flatMap((file) => file.lookupDefinitions),
      files.flatMap((file) => file.lookupRows),
    ).tables,
  });
  const rules: DetectionRule[] = [];
  const refused = files.flatMap((file) => file.problems.map(({ place, message }) => `${place}: ${message}`));
  for (const detection of detections) {
    try {
      rules.push(importedRule(detection, 'imported', environment));
    } catch (error) {
      if (!(error instanceof SplError)) throw error;
      refused.push(`${detection.name}: ${error.message}`);
    }
  }
  return { rules, refused };
}

import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '#lib/errors.ts';
import { log } from '#lib/log.ts';
import { type DetectionFile, importFiles } from './import.ts';

const READ_ENDINGS = new Set(['.yml', '.yaml', '.conf', '.csv']);
/** Of one file; a published savedsearches.conf is smaller. */
export const FILE_MAX_BYTES = 32 * 1024 * 1024;
const TOTAL_MAX_BYTES = 256 * 1024 * 1024;

/**
 * Imports what lies in the folder `detections` of the data folder, if there is one, and enables what is new: who may
 * write there is who runs this installation.
 */
export async function importFolder(dataFolder: string): Promise<void> {
  const folder = path.join(dataFolder, 'detections');
  const files = await filesIn(folder);
  if (files.length === 0) return;
  try {
    const result = await importFiles({ id: null, name: 'folder detections' }, files, { isEnabling: true });
    const { items, macros, lookups, problems } = result;
    log.info(
      { folder, detections: items.length, macros: macros.length, lookups: lookups.length, problems },
      'detections of the folder were imported',
    );
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.warn({ folder, reason: error.message }, 'detections of the folder were not imported');
  }
}

async function filesIn(folder: string): Promise<DetectionFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: DetectionFile[] = [];
  let sizeBytes = 0;
  for (const entry of entries.toSorted((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1))) {
    if (!entry.isFile() || !READ_ENDINGS.has(path.extname(entry.name).toLowerCase())) continue;
    const size = (await stat(pathOf(entry)).catch(() => null))?.size ?? 0;
    sizeBytes += size;
    if (size > FILE_MAX_BYTES || sizeBytes > TOTAL_MAX_BYTES) {
      log.warn({ file: pathOf(entry) }, 'a file of the folder of detections is too long and was left out');
      continue;
    }
    // A file that cannot be read must not keep the worker from its work.
    const text = await readFile(pathOf(entry), 'utf8').catch((error: unknown) => {
      log.warn({ file: pathOf(entry), error }, 'a file of the folder of detections could not be read');
      return null;
    });
    if (text !== null) files.push({ name: path.relative(folder, pathOf(entry)), text });
  }
  return files;
}

function pathOf(entry: { readonly parentPath: string; readonly name: string }): string {
  return path.join(entry.parentPath, entry.name);
}

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CONTENT_FOLDER } from './load.ts';

export const POWERSHELL_FILE = 'detections/windows_powershell_wmi_win32_scheduledjob.yaml';
export const REGISTRY_FILE = 'detections/windows_enable_win32_scheduledjob_via_registry.yaml';

/** A change to a content file: a text that stands in it, and what stands there instead. */
export type Edit = { readonly file: string; readonly from: string; readonly to: string };

/** Runs a test over a copy of the content with changes, and removes the copy. Throws when there is nothing to change. */
export function withContent<T>(edits: readonly Edit[], run: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'jobsight-content-'));
  try {
    cpSync(CONTENT_FOLDER, folder, { recursive: true, filter: (file) => !file.endsWith('.ts') });
    for (const { file, from, to } of edits) {
      const place = path.join(folder, file);
      const text = readFileSync(place, 'utf8');
      if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
      writeFileSync(
        place,
        text.replaceAll(from, () => to),
      );
    }
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The line, from 1, on which a text first stands in a content file. */
export function lineOf(file: string, text: string): number {
  const lines = readFileSync(path.join(CONTENT_FOLDER, file), 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(text)) + 1;
}

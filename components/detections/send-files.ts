import type { ChosenFile } from '#components/ui/dropped-files.ts';
import type { ImportResult } from '#lib/catalogue/types.ts';

export const NO_RESULT: ImportResult = { items: [], macros: [], lookups: [], problems: [] };

/** One request holds at most this much, well below what the server takes at once. */
const REQUEST_BYTES = 16 * 1024 * 1024;
const REQUEST_FILES = 400;

/** Sends files to be imported, in as many requests as they need. Never throws: a failure is a message. */
export async function sendFiles(
  files: readonly File[],
  isEnabling: boolean,
  onProgress: (filesDone: number) => void,
): Promise<{ readonly result: ImportResult; readonly error: string | null }> {
  let result = NO_RESULT;
  let done = 0;
  for (const part of partsOf(files)) {
    const answer = await sendPart(part, isEnabling);
    if (typeof answer === 'string') return { result, error: answer };
    result = {
      // A detection that a later part changed stands once, as it is now.
      items: [...new Map([...result.items, ...answer.items].map((item) => [item.id, item])).values()],
      macros: [...result.macros, ...answer.macros],
      lookups: [...result.lookups, ...answer.lookups],
      problems: [...result.problems, ...answer.problems],
    };
    done += part.length;
    onProgress(done);
  }
  return { result, error: null };
}

/** Macros and lookups first: detections that come with them can then run at once. */
export function partsOf(files: readonly File[]): readonly (readonly File[])[] {
  const isDetection = (file: File): boolean =>
    /^(?!.*(macros|transforms|lookup)).*\.ya?ml$/i.test(pathOf(file));
  const ordered = files.toSorted((a, b) => Number(isDetection(a)) - Number(isDetection(b)));
  const parts: File[][] = [];
  let sizeBytes = 0;
  for (const file of ordered) {
    const part = parts.at(-1);
    if (part && part.length < REQUEST_FILES && sizeBytes + file.size <= REQUEST_BYTES) part.push(file);
    else {
      parts.push([file]);
      sizeBytes = 0;
    }
    sizeBytes += file.size;
  }
  return parts;
}

function pathOf(file: File): string {
  return file.webkitRelativePath || file.name;
}

async function sendPart(files: readonly File[], isEnabling: boolean): Promise<ImportResult | string> {
  const form = new FormData();
  for (const file of files) form.append('file', file);
  try {
    const response = await fetch(`/api/v1/detections/import?enable=${isEnabling}`, {
      method: 'POST',
      body: form,
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer as ImportResult;
    return detailOf(answer) ?? `The server answered ${response.status}.`;
  } catch {
    return 'The connection broke off. What was imported before is listed; choose the files again to go on.';
  }
}

function detailOf(answer: unknown): string | null {
  const detail = typeof answer === 'object' && answer !== null && 'detail' in answer ? answer.detail : null;
  return typeof detail === 'string' ? detail : null;
}

/** Those of a drop that can hold detections, macros or lookups. */
export function detectionFiles(dropped: readonly ChosenFile[]): readonly File[] {
  return dropped.map(({ file }) => file).filter((file) => /\.(ya?ml|conf|csv)$/i.test(file.name));
}

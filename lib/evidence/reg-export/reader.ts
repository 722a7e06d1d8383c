import { artefactBlock, artefactRecord, loss, note } from '#lib/evidence/artefact.ts';
import {
  AT_TASK,
  SCHEDULER_KEY,
  SETTINGS_KEY,
  SETTINGS_MAX,
  TASKS_KEY,
} from '#lib/evidence/hive/scheduler.ts';
import { type RegistryFact, registryData } from '#lib/evidence/hive/value.ts';
import type { Block, ByteSource, EvidenceRecord, Problem, ReadOptions } from '#lib/evidence/record.ts';
import { readStart } from '#lib/evidence/source.ts';
import { detectEncoding, TextWindow } from '#lib/evidence/xml/window.ts';
import { parseRegLine } from './line.ts';

const READ_BYTES = 262_144;
const BLOCK_BYTES = 1_048_576;
/** No key or value that is looked for is longer; the rest of a longer line is passed over. */
const LINE_BYTES_MAX = 262_144;
/** Ends of the keys that are read; a key may begin at any root, or be an export of a hive that was loaded elsewhere. */
const SETTINGS_PATH = pathOf([...SCHEDULER_KEY.slice(-2), SETTINGS_KEY]);
const TASKS_PATH = pathOf([...SCHEDULER_KEY.slice(-2), ...TASKS_KEY]);

/** Whether a text is what regedit exports, or an old one of REGEDIT4. */
export function isRegExport(text: string): boolean {
  return /^(?:Windows Registry Editor Version \d|REGEDIT4\s)/.test(text);
}

/**
 * Reads the settings of the task scheduler, and the keys of tasks that are called At1, At2 and so on, from a registry export in
 * UTF-16 or in one byte a character. An export does not tell when its keys were written: records have no time. A block ends before a key,
 * so that it depends on nothing before it.
 *
 * Throws what the source throws, and the signal's reason when aborted.
 */
export async function* readRegExport(source: ByteSource, options: ReadOptions = {}): AsyncGenerator<Block> {
  const encoding = detectEncoding(await readStart(source, 2));
  let offset = options.startOffset ?? 0;
  let index = options.startIndex ?? 0;
  const lines = new RegLines(new TextWindow(source, encoding, offset, READ_BYTES), offset);
  let records: EvidenceRecord[] = [];
  let problems: Problem[] =
    offset === 0
      ? [
          note(
            0,
            'record-content',
            'A registry export does not tell when its keys were written: what is found in it has no time.',
          ),
        ]
      : [];
  let key: string | null = null;
  let isFull = false;
  const finish = (end: number): Block => {
    const block = artefactBlock({ index, offset, end }, records, problems);
    index += 1;
    offset = end;
    records = [];
    problems = [];
    isFull = false;
    return block;
  };
  for (;;) {
    options.signal?.throwIfAborted();
    const line = await lines.next();
    if (line === null) break;
    if (line.isCut) {
      problems.push(loss(line.start, 'record-too-long', 'The line that begins here is too long to be read.'));
    }
    const parsed = parseRegLine(line.text);
    if (parsed.kind === 'other') continue;
    if (parsed.kind === 'key') {
      if (line.start - offset >= BLOCK_BYTES) yield finish(line.start);
      key = parsed.path;
    }
    const fact = factOf(key, parsed);
    if (!fact) continue;
    if (records.length < SETTINGS_MAX) {
      records.push(artefactRecord('reg', line.start, null, registryData(fact)));
    } else if (!isFull) {
      isFull = true;
      problems.push(
        loss(
          line.start,
          'record-content',
          'The export says the same again and again; from here on it was left out.',
        ),
      );
    }
  }
  if (offset < source.sizeBytes) yield finish(source.sizeBytes);
}

function factOf(key: string | null, line: ReturnType<typeof parseRegLine>): RegistryFact | null {
  // A minus before a key deletes it; no export holds one.
  if (key === null || key.startsWith('-')) return null;
  const at = key.lastIndexOf('\\');
  const keyName = key.slice(at + 1);
  if (line.kind === 'key') {
    const isAtTask = AT_TASK.test(keyName) && endsWith(key.slice(0, at), TASKS_PATH);
    return isAtTask ? { path: key, keyName, taskName: `\\${keyName}` } : null;
  }
  if (line.kind !== 'value' || !endsWith(key, SETTINGS_PATH)) return null;
  const fact = { path: `${key}\\${line.name}`, keyName, valueName: line.name };
  return line.value === null ? { ...fact, isDeleted: true } : { ...fact, value: line.value };
}

function pathOf(names: readonly string[]): string {
  return names.map((name) => `\\${name.toLowerCase()}`).join('');
}

function endsWith(key: string, path: string): boolean {
  return key.slice(-path.length).toLowerCase() === path;
}

type Line = { readonly start: number; readonly text: string; readonly isCut: boolean };

/** Lines of the text, those that end with a backslash joined with the next. Holds at most one. */
class RegLines {
  readonly #window: TextWindow;
  #at: number;

  constructor(window: TextWindow, start: number) {
    this.#window = window;
    this.#at = start;
  }

  async next(): Promise<Line | null> {
    const start = this.#at;
    let line = await this.#physical();
    if (line === null) return null;
    let text = line.text;
    let { isCut } = line;
    // Only values in hexadecimal are continued.
    while (text.endsWith('\\') && text.includes('=hex') && !isCut) {
      line = await this.#physical();
      if (line === null) break;
      text = text.slice(0, -1) + line.text.trim();
      isCut = line.isCut || text.length > LINE_BYTES_MAX;
    }
    return { start, text, isCut };
  }

  async #physical(): Promise<{ readonly text: string; readonly isCut: boolean } | null> {
    const window = this.#window;
    const start = this.#at;
    const unit = window.encoding.unitBytes;
    let searched = start;
    for (;;) {
      const feed = window.indexOf('\n', searched);
      if (feed >= 0) {
        return this.#take(start, feed, feed + unit);
      }
      if (window.isComplete) {
        return window.end <= start ? null : this.#take(start, window.end, window.end);
      }
      if (window.end - start > LINE_BYTES_MAX) return { text: await this.#skipRest(start), isCut: true };
      searched = Math.max(start, window.end);
      await window.load(window.end + 1);
    }
  }

  #take(start: number, end: number, next: number): { readonly text: string; readonly isCut: boolean } {
    const text = this.#text(start, Math.min(end, start + LINE_BYTES_MAX));
    this.#moveTo(next);
    return { text, isCut: end - start > LINE_BYTES_MAX };
  }

  /** Passes over a line that is too long, holding its beginning alone. */
  async #skipRest(start: number): Promise<string> {
    const window = this.#window;
    const text = this.#text(start, start + LINE_BYTES_MAX);
    for (;;) {
      const from = window.end;
      window.release(from);
      await window.load(from + 1);
      const feed = window.indexOf('\n', from);
      if (feed >= 0) {
        this.#moveTo(feed + window.encoding.unitBytes);
        return text;
      }
      if (window.isComplete) {
        this.#moveTo(window.end);
        return text;
      }
    }
  }

  #text(start: number, end: number): string {
    return this.#window
      .text(start, end)
      .replace(/^\ufeff/, '')
      .replace(/\r$/, '');
  }

  #moveTo(offset: number): void {
    this.#at = offset;
    this.#window.release(offset);
  }
}

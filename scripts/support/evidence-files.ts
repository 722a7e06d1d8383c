/** Evidence that is named on a command line: finding the files, opening archives and reading them block by block. */
import { readdir, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import cliProgress from 'cli-progress';
import { type AlertTool, toolName } from '#lib/evidence/alerts/alert.ts';
import {
  ArchiveError,
  type ArchiveMember,
  MAX_DEPTH,
  tooDeep,
  UnpackBudget,
} from '#lib/evidence/archive/entry.ts';
import { archiveKindOf, openArchive } from '#lib/evidence/archive/open.ts';
import { SalvagedBytes } from '#lib/evidence/archive/salvage.ts';
import { readEvtxInThreads } from '#lib/evidence/evtx/threads.ts';
import { printableText } from '#lib/evidence/printable.ts';
import { EvidenceRefused, readEvidence } from '#lib/evidence/read.ts';
import type { Block, ByteSource, Problem } from '#lib/evidence/record.ts';
import { type FileSource, openFile, spool } from '#lib/evidence/source.ts';
import { fromCallersFolder } from './callers-folder.ts';
import { type Mappings, mappingFor } from './mappings.ts';

/** All regular files under the paths, each folder in the order of its names; `-` is standard input. */
async function findFiles(paths: readonly string[]): Promise<{ files: string[]; unreadable: string[] }> {
  const files: string[] = [];
  const unreadable: string[] = [];
  for (const given of paths.map(fromCallersFolder)) {
    if (given === '-') {
      files.push(given);
      continue;
    }
    try {
      const info = await stat(given);
      if (!info.isDirectory()) {
        files.push(given);
        continue;
      }
      const entries = await readdir(given, { recursive: true, withFileTypes: true });
      files.push(
        ...entries
          .filter((entry) => entry.isFile())
          .map((entry) => path.join(entry.parentPath, entry.name))
          .sort(),
      );
    } catch (error) {
      unreadable.push(`${printableText(given)}: ${reasonOf(error)}`);
    }
  }
  return { files, unreadable };
}

type Reader = {
  /** Of encrypted archives. */
  readonly password?: string | undefined;
  /** As ReadOptions.timeZone. */
  readonly timeZone?: string | undefined;
  /** For columns that no known form claims. */
  readonly mappings: Mappings;
  /** As ReadOptions.needles; asked for each file. */
  readonly needles: () => readonly string[] | undefined;
  /** How many threads look through a large EVTX file for what has to be read; one when absent. */
  readonly threads?: number;
  readonly startFile: (sizeBytes: number) => void;
  readonly add: (file: string, block: Block) => readonly Problem[];
};

/** Reads all evidence of the paths; problems go to standard error. Returns what could not be read at all, and why. */
export async function readAll(paths: readonly string[], reader: Reader): Promise<readonly string[]> {
  const { files, unreadable } = await findFiles(paths);
  const progress = startProgress(files);
  for (const file of files) unreadable.push(...(await readFile(file, reader, progress)));
  progress?.stop();
  return unreadable;
}

/** @returns why the file could not be read, if so */
async function readFile(
  file: string,
  reader: Reader,
  progress: cliProgress.SingleBar | null,
): Promise<readonly string[]> {
  try {
    const source = file === '-' ? await spool(process.stdin) : await openFile(file);
    try {
      if ((await archiveKindOf(source)) === null) {
        await readSource(file, source, reader, (bytes) => progress?.increment(bytes));
      } else {
        const budget = new UnpackBudget({
          archiveBytes: source.sizeBytes,
          freeBytes: await freeTemporaryBytes(),
        });
        await readArchive(file, source, reader, budget, 1);
        progress?.increment(source.sizeBytes);
      }
    } finally {
      await source.close();
    }
  } catch (error) {
    return [`${printableText(file)}: ${reasonOf(error)}`];
  }
  return [];
}

/** The members one after the other, each in a temporary file of its own; `name` is what the archive is called in output. */
async function readArchive(
  name: string,
  source: ByteSource,
  reader: Reader,
  budget: UnpackBudget,
  depth: number,
): Promise<void> {
  for await (const entry of openArchive(source, { name, budget, password: reader.password })) {
    const shown = entry.path === '' ? name : `${name}!${entry.path}`;
    if ('refused' in entry) say(shown, entry.message);
    else await readMember(shown, entry, reader, budget, depth);
  }
}

async function readMember(
  name: string,
  member: ArchiveMember,
  reader: Reader,
  budget: UnpackBudget,
  depth: number,
): Promise<void> {
  if (member.note !== undefined) say(name, member.note);
  const content = new SalvagedBytes(member.stream);
  try {
    const source = await spool(Readable.from(content, { objectMode: false }));
    try {
      if (content.problem) say(name, `${content.problem.message} What came before is read.`);
      if ((await archiveKindOf(source)) === null) await readSource(name, source, reader);
      else if (depth >= MAX_DEPTH) throw tooDeep();
      else await readArchive(name, source, reader, budget, depth + 1);
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    say(name, error.message);
  }
}

/** Starting threads costs as much time as reading so many bytes. */
const THREADS_FROM_BYTES = 128 * 1024 * 1024;

async function blocksOf(name: string, source: FileSource, reader: Reader): Promise<AsyncGenerator<Block>> {
  const named = await mappingFor(source, reader.mappings);
  if (named) say(name, `its columns are read by ${named.file}`);
  const options = {
    needles: reader.needles(),
    timeZone: reader.timeZone ?? named?.mapping.time?.zone ?? undefined,
    mapping: named?.mapping,
  };
  const { form, blocks } = await readEvidence(source, options);
  const { threads = 1 } = reader;
  const isLarge = source.sizeBytes >= THREADS_FROM_BYTES;
  return form === 'evtx' && isLarge ? readEvtxInThreads(source, options, { threads }) : blocks;
}

async function readSource(
  name: string,
  source: FileSource,
  reader: Reader,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<void> {
  reader.startFile(source.sizeBytes);
  try {
    const blocks = await blocksOf(name, source, reader);
    const alerts = new Map<AlertTool, number>();
    for await (const block of blocks) {
      for (const { tool } of block.alerts ?? []) alerts.set(tool, (alerts.get(tool) ?? 0) + 1);
      for (const { place, message } of reader.add(name, block)) {
        say(name, `byte ${place.offset}${place.line ? `, line ${place.line}` : ''}: ${message}`);
      }
      onBytes(block.lengthBytes);
    }
    for (const [tool, count] of alerts) {
      say(
        name,
        `${count} ${count === 1 ? 'alert' : 'alerts'} of ${toolName(tool)}, not events: nothing is found in them; give the logs themselves to have findings`,
      );
    }
  } catch (error) {
    if (!(error instanceof EvidenceRefused)) throw error;
    say(name, error.message);
  }
}

function say(name: string, text: string): void {
  process.stderr.write(`${printableText(name)}: ${text}\n`);
}

/** Left free for other programs when members are written to temporary files. */
const RESERVED_BYTES = 512 * 1024 * 1024;

async function freeTemporaryBytes(): Promise<number> {
  const { bavail, bsize } = await statfs(tmpdir());
  return Math.max(0, bavail * bsize - RESERVED_BYTES);
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) {
    if (error.code === 'ENOENT') return 'there is no such file or folder';
    if (error.code === 'EACCES') return 'it may not be read; check its permissions';
  }
  return error instanceof Error ? error.message : String(error);
}

function startProgress(files: readonly string[]): cliProgress.SingleBar | null {
  if (!process.stderr.isTTY) return null;
  const bar = new cliProgress.SingleBar({
    format: `{bar} {percentage}% of ${files.length} files, {eta_formatted} left`,
    stream: process.stderr,
    hideCursor: true,
  });
  bar.start(1, 0);
  const sizeOf = (file: string): Promise<number> =>
    stat(file).then(
      (info) => info.size,
      () => 0,
    );
  Promise.all(files.map(sizeOf)).then(
    (sizes) => bar.setTotal(sizes.reduce((sum, size) => sum + size, 1)),
    () => undefined,
  );
  return bar;
}

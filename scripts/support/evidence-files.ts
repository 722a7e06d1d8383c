/** Evidence that is named on a command line: finding the files and reading them block by block. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import cliProgress from 'cli-progress';
import { printableText } from '#lib/evidence/printable.ts';
import { EvidenceRefused, readEvidence } from '#lib/evidence/read.ts';
import type { Block, Problem } from '#lib/evidence/record.ts';
import { openFile, spool } from '#lib/evidence/source.ts';

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

/** npm runs commands in the repository's root; a relative path means the folder that npm was called in. */
export function fromCallersFolder(given: string): string {
  const folder = process.env.INIT_CWD;
  return given === '-' || folder === undefined || folder === process.cwd()
    ? given
    : path.resolve(folder, given);
}

type Reader = {
  /** As ReadOptions.needles; asked for each file. */
  readonly needles: () => readonly string[] | undefined;
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
  const say = (text: string): void => {
    process.stderr.write(`${printableText(file)}: ${text}\n`);
  };
  try {
    const source = file === '-' ? await spool(process.stdin) : await openFile(file);
    try {
      reader.startFile(source.sizeBytes);
      const { blocks } = await readEvidence(source, { needles: reader.needles() });
      for await (const block of blocks) {
        for (const problem of reader.add(file, block)) {
          say(
            `byte ${problem.place.offset}${problem.place.line ? `, line ${problem.place.line}` : ''}: ${problem.message}`,
          );
        }
        progress?.increment(block.lengthBytes);
      }
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof EvidenceRefused) {
      say(error.message);
      return [];
    }
    return [`${printableText(file)}: ${reasonOf(error)}`];
  }
  return [];
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

import type { ByteSource } from '../record.ts';
import { readStart } from '../source.ts';
import { ByteReader, chunksOf } from './byte-reader.ts';
import { decompress } from './decompress.ts';
import { type ArchiveEntry, ArchiveError, type ArchiveKind, refusal, type UnpackBudget } from './entry.ts';
import { ARCHIVE_HEAD_BYTES, sniffArchive } from './kind.ts';
import { tarEntries } from './tar.ts';
import { isTarHeader, TAR_BLOCK_BYTES } from './tar-header.ts';
import { zipEntries } from './zip.ts';

const MAX_MEMBERS = 100_000;
const PATH_MAX = 4_096;
/** Beginning of a path that is refused, to tell it by. */
const PATH_SHOWN = 200;

export type OpenArchiveOptions = {
  /** Name of the archive, for the name of what a compressed file holds. */
  readonly name: string;
  readonly budget: UnpackBudget;
  readonly password?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** 100,000 unless a test says another. */
  readonly maxMembers?: number;
};

/** The kind of archive that a source is; null when it is none. */
export async function archiveKindOf(source: ByteSource): Promise<ArchiveKind | null> {
  return sniffArchive(await readStart(source, ARCHIVE_HEAD_BYTES));
}

/**
 * The members of an archive one after the other, in an order that is always the same; folders are left out. What cannot
 * be had comes as a refusal in its place. A compressed tar counts as one archive; a compressed file has one member,
 * called as the archive without its extension. Nothing is written anywhere.
 */
export async function* openArchive(
  source: ByteSource,
  options: OpenArchiveOptions,
): AsyncGenerator<ArchiveEntry> {
  const kind = await archiveKindOf(source);
  if (!kind) throw new Error('not an archive');
  const seen = new Set<string>();
  let count = 0;
  for await (const entry of entriesOf(kind, source, options)) {
    if (entry.path === '' && 'refused' in entry) {
      yield entry;
      continue;
    }
    count += 1;
    if (count > (options.maxMembers ?? MAX_MEMBERS)) {
      yield refusal('', tooMany(options.maxMembers ?? MAX_MEMBERS));
      return;
    }
    if (entry.path.length > PATH_MAX) {
      yield {
        path: `${entry.path.slice(0, PATH_SHOWN)}…`,
        refused: 'path-too-long',
        message: `Its path is longer than ${PATH_MAX.toLocaleString('en')} characters.`,
      };
      continue;
    }
    const path = entry.path === '' ? 'unnamed' : entry.path;
    const note = noteOn(path, seen.has(path));
    seen.add(path);
    yield 'refused' in entry || note === null ? { ...entry, path } : { ...entry, path, note };
  }
}

async function* entriesOf(
  kind: ArchiveKind,
  source: ByteSource,
  { name, password, budget, signal }: OpenArchiveOptions,
): AsyncGenerator<ArchiveEntry> {
  if (kind === 'zip') return yield* zipEntries(source, { password, budget, signal });
  const isTar = kind === 'tar';
  const chunks = isTar ? chunksOf(source, { signal }) : within(budget, decompress(kind, source, signal));
  const reader = new ByteReader(chunks);
  try {
    const head = await reader.take(TAR_BLOCK_BYTES);
    reader.unread(head);
    if (isTarHeader(head)) yield* tarEntries(reader);
    else yield { path: nameInside(name), sizeBytes: null, stream: reader.rest() };
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    yield refusal('', error);
  } finally {
    await reader.close();
  }
}

async function* within(budget: UnpackBudget, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    budget.take(chunk.length);
    yield chunk;
  }
}

function tooMany(max: number): ArchiveError {
  return new ArchiveError(
    'too-many',
    `It has more than ${max.toLocaleString('en')} members; the rest is not read. Divide it and upload the parts.`,
  );
}

/** Such paths are as readable as any, because nothing is written under them; but they are no accident. */
function noteOn(path: string, isSeen: boolean): string | null {
  if (/^(?:[\\/]|[A-Za-z]:)/.test(path)) return 'Its path is not inside the archive; it is only shown.';
  if (path.split(/[\\/]/).includes('..')) return 'Its path leads out of the archive; it is only shown.';
  return isSeen ? 'An earlier member has the same path; both are kept.' : null;
}

/** The last part of the archive's name, without the extension of a compression. */
function nameInside(name: string): string {
  const base = name.split(/[\\/]/).at(-1) ?? '';
  return base.replace(/(?<=.)\.(?:gz|gzip|bz2|xz|zst|zstd|z)$/i, '') || 'unnamed';
}

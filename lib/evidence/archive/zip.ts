import { crc32 } from 'node:zlib';
import { configure, type Entry, type FileEntry, Reader, ZipReader } from '@zip.js/zip.js';
import type { ByteSource } from '../record.ts';
import { type ArchiveEntry, ArchiveError, refusal, tooLarge, type UnpackBudget } from './entry.ts';
import { Handover } from './handover.ts';

/** The most that is read at once, and so the longest table of contents: 600 bytes a member for as many as are taken. */
const READ_MAX_BYTES = 64 * 1024 * 1024;

configure({ useWebWorkers: false });

class SourceReader extends Reader<ByteSource> {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    super(source);
    this.#source = source;
    this.size = source.sizeBytes;
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array> {
    if (length > READ_MAX_BYTES) {
      throw new ArchiveError('too-large', 'Its table of contents is longer than 64 MiB; it is not read.');
    }
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - index)));
    let count = 0;
    while (count < bytes.length) {
      const read = await this.#source.read(bytes, count, bytes.length - count, index + count);
      if (read === 0) break;
      count += read;
    }
    return bytes.subarray(0, count);
  }
}

type ZipOptions = {
  readonly password: string | undefined;
  readonly budget: UnpackBudget;
  readonly signal: AbortSignal | undefined;
};

/** The members of a zip in the order of its table of contents. */
export async function* zipEntries(source: ByteSource, options: ZipOptions): AsyncGenerator<ArchiveEntry> {
  try {
    const zip = new ZipReader(new SourceReader(source), {
      // Names are shown and never used, and what differs between the two headers of a member is no reason to lose it.
      filenameValidation: 'tolerant',
      strictness: 'tolerant',
    });
    for await (const entry of zip.getEntriesGenerator()) {
      if (!entry.directory) yield entryOf(entry, options);
    }
  } catch (error) {
    yield refusal('', asArchiveError(error));
  }
}

function entryOf(entry: FileEntry, options: ZipOptions): ArchiveEntry {
  const path = entry.filename;
  if (isSymbolicLink(entry)) {
    return {
      path,
      refused: 'not-a-file',
      message: 'This is a link to another file, not a file; nothing of it is kept.',
    };
  }
  if (entry.encrypted && options.password === undefined) {
    return {
      path,
      refused: 'password',
      message: 'It is encrypted. Give the password of the archive to have it read.',
    };
  }
  if (!options.budget.has(entry.uncompressedSize)) return refusal(path, tooLarge());
  return { path, sizeBytes: entry.uncompressedSize, stream: contentOf(entry, options) };
}

async function* contentOf(entry: FileEntry, options: ZipOptions): AsyncGenerator<Uint8Array> {
  const { password, budget, signal } = options;
  const stop = new AbortController();
  const handover = new Handover();
  const done = entry
    .getData(new WritableStream<Uint8Array>({ write: (chunk) => handover.put(chunk) }), {
      ...(entry.encrypted ? { password } : {}),
      // Checked below: the library would throw away what came last.
      checkCrc32: false,
      checkAuthenticationCode: true,
      checkOverlappingEntry: true,
      signal: AbortSignal.any([stop.signal, ...(signal ? [signal] : [])]),
    })
    .then(
      () => handover.end(null),
      (error: unknown) => handover.end(error),
    );
  let checksum = 0;
  try {
    for await (const chunk of handover) {
      budget.take(chunk.length);
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
    if (hasChecksum(entry) && checksum !== entry.crc32) throw new Error('Invalid CRC32');
  } catch (error) {
    const failure = asArchiveError(error);
    // A wrong password of ZipCrypto passes its own check once in 256 times and gives noise.
    const isNoise = entry.encrypted && /^(?:damaged|checksum)$/.test(failure.code);
    throw isNoise ? new ArchiveError(...WRONG_PASSWORD) : failure;
  } finally {
    stop.abort();
    await done;
  }
}

/** AE-2 encryption leaves the checksum at 0 and has a code of its own. */
function hasChecksum(entry: FileEntry): boolean {
  return !entry.encrypted || entry.zipCrypto || Boolean(entry.crc32);
}

/** The upper half of the attributes is a Unix mode when a Unix wrote it (APPNOTE 4.4.15). */
function isSymbolicLink(entry: Entry): boolean {
  return ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000;
}

const WRONG_PASSWORD: ConstructorParameters<typeof ArchiveError> = [
  'wrong-password',
  'The password does not fit, or the encrypted content is damaged.',
];

const MESSAGES: readonly (readonly [RegExp, ConstructorParameters<typeof ArchiveError>])[] = [
  [/^Invalid password/, WRONG_PASSWORD],
  [
    /^Invalid (?:CRC32|signature|authentication)/i,
    ['checksum', 'Its checksum does not fit: the content was changed or damaged.'],
  ],
  [
    /^Overlapping entry/,
    ['overlap', 'Its content is laid over that of another member, as in a zip bomb; it is not read.'],
  ],
  [
    /^(?:End of|File format is not)/,
    [
      'truncated',
      'It is cut off or damaged: the table of contents at its end is missing. Copy the archive again, or repair it (zip -FF).',
    ],
  ],
  [/out of bounds/, ['truncated', 'It is cut off: its content lies behind the end of the archive.']],
  [
    /^Split zip/,
    ['unsupported', 'It is a part of a divided archive. Join the parts (zip -s 0) and upload the whole.'],
  ],
  [
    /not supported|^Reserved/,
    [
      'unsupported',
      'It is packed or encrypted in a way that is not read. Unpack it and upload what is inside.',
    ],
  ],
];

/** Errors of the library in our words. What is not about the bytes is thrown as it is. */
function asArchiveError(error: unknown): ArchiveError {
  if (error instanceof ArchiveError) return error;
  if (!(error instanceof Error) || error.name === 'AbortError') throw error;
  if ('code' in error && /^E[A-Z]+$/.test(String(error.code))) throw error;
  const known = MESSAGES.find(([pattern]) => pattern.test(error.message));
  return known ? new ArchiveError(...known[1]) : new ArchiveError('damaged', 'Its content is damaged.');
}

/** What an archive holds, and why a part of it cannot be had. Paths are text from evidence: shown, never used as paths. */

export type ArchiveKind = 'zip' | 'tar' | 'gzip' | 'bzip2' | 'xz' | 'zstd';

export type RefusalCode =
  | 'password'
  | 'wrong-password'
  | 'too-large'
  | 'too-many'
  | 'too-deep'
  | 'path-too-long'
  | 'not-a-file'
  | 'overlap'
  | 'truncated'
  | 'checksum'
  | 'damaged'
  | 'unsupported';

/** Thrown by the stream of a member. The message is one plain sentence without text from the evidence. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

export type ArchiveMember = {
  readonly path: string;
  /** As the archive says; null when it says nothing. */
  readonly sizeBytes: number | null;
  /** Throws ArchiveError. To be read before the next entry is asked for, or not at all. */
  readonly stream: AsyncIterable<Uint8Array>;
  /** What is odd about the member, one sentence. */
  readonly note?: string;
};

export type ArchiveRefusal = {
  /** '' for the archive itself, or the rest of it. */
  readonly path: string;
  readonly refused: RefusalCode;
  readonly message: string;
};

export type ArchiveEntry = ArchiveMember | ArchiveRefusal;

export function refusal(path: string, { code, message }: ArchiveError): ArchiveRefusal {
  return { path, refused: code, message };
}

/** Archives in archives are opened this deep; the outermost is at depth 1. */
export const MAX_DEPTH = 3;

export function tooDeep(): ArchiveError {
  return new ArchiveError(
    'too-deep',
    `This is an archive in more than ${MAX_DEPTH - 1} others. Take it out and upload it by itself.`,
  );
}

const MAX_RATIO = 200;
/** Small files of zeros, such as preallocated logs, pack far better than by the ratio. */
const ALWAYS_ALLOWED_BYTES = 256 * 1024 * 1024;

/** How much an outermost archive may unpack to, with all archives in it. */
export class UnpackBudget {
  #left: number;

  /** @param limits `freeBytes`: room for what is unpacked; `usedBytes`: what was unpacked before */
  constructor(limits: { archiveBytes: number; freeBytes?: number; usedBytes?: number }) {
    const { archiveBytes, freeBytes = Number.POSITIVE_INFINITY, usedBytes = 0 } = limits;
    const byRatio = Math.max(archiveBytes * MAX_RATIO, ALWAYS_ALLOWED_BYTES) - usedBytes;
    this.#left = Math.min(byRatio, freeBytes);
  }

  /** Throws ArchiveError `too-large`. */
  take(bytes: number): void {
    if (!this.has(bytes)) throw tooLarge();
    this.#left -= bytes;
  }

  has(bytes: number): boolean {
    return bytes <= this.#left;
  }
}

export function tooLarge(): ArchiveError {
  return new ArchiveError(
    'too-large',
    `It unpacks to more than ${MAX_RATIO} times its size, or to more than there is room for. Unpack it with care and upload what you need.`,
  );
}

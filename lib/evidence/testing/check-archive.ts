/** Archives of every kind, and what must hold of one that was damaged. */
import assert from 'node:assert/strict';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { ArchiveError, UnpackBudget } from '#lib/evidence/archive/entry.ts';
import { sniffArchive } from '#lib/evidence/archive/kind.ts';
import { openArchive } from '#lib/evidence/archive/open.ts';
import { SalvagedBytes } from '#lib/evidence/archive/salvage.ts';
import { makeTar, makeZip } from '#lib/evidence/archive/testing.ts';
import type { ByteSource } from '#lib/evidence/record.ts';
import type { Mutant } from './mutate.ts';
import { Random } from './random.ts';

export type TestArchive = {
  readonly name: string;
  readonly bytes: Buffer;
  readonly members: readonly ArchivedMember[];
};

/** `needed`: the stretches of the archive that must be untouched, and stand where they stood, for the member to be read. */
type ArchivedMember = {
  readonly content: Buffer;
  readonly needed: readonly Stretch[];
};
type Stretch = readonly [start: number, end: number];

const PASSWORD = 'pass word';
const MEMBERS_MAX = 1_000;
const UNPACKED_MAX = 32 * 1024 * 1024;
const SHORT_READ_BYTES = 1_009;
const NOISE_BYTES = 3_000;
/** "One line of text" by xz and by bzip2, for which Node.js has no compressor. */
const XZ =
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAjb25lIGxpbmUgb2YgdGV4dCwgb2Ygb3VyIG93biBtYWtpbmcKAJs10pcGBSt5AAE8JAUodm8ftvN9AQAAAAAEWVo=';
const BZIP2 = 'QlpoOTFBWSZTWemNztgAAA3RgAAQQAQjr5bAIAAxTTIxMTEGptRkBiDLtTd0h2BgGIdx1pFRKDvion4u5IpwoSHTG52w';

export async function testArchives(): Promise<readonly TestArchive[]> {
  const files = ['a/b.txt', 'c.evtx', 'd'].map((path, index) => ({ path, bytes: noise(index) }));
  const secret = { path: 'secret', bytes: noise(9), zip: { password: PASSWORD, zipCrypto: true } };
  const zip = await makeZip([...files, secret]);
  const tar = await makeTar(files);
  const contents = files.map(({ bytes }) => bytes);
  return [
    { name: 'zip', bytes: zip, members: zipMembers(zip, contents) },
    { name: 'tar', bytes: tar, members: tarMembers(tar, contents) },
    // Decompressors that fail keep what they have not given yet, which is all of a small file: nothing is promised of it.
    ...Object.entries({
      'tar.gz': gzipSync(tar),
      'tar.zst': zstdCompressSync(tar),
      gzip: gzipSync(noise(4)),
      zstd: zstdCompressSync(noise(5)),
      xz: Buffer.from(XZ, 'base64'),
      bzip2: Buffer.from(BZIP2, 'base64'),
    }).map(([name, bytes]) => ({ name, bytes, members: [] })),
  ];
}

/** Text that packs well in parts. */
function noise(seed: number): Buffer {
  const random = new Random(seed);
  return Buffer.from(Array.from({ length: NOISE_BYTES }, (_, at) => (at % 7 === 0 ? random.below(256) : 97)));
}

/** A member is read by its own header and the list at the end. */
function zipMembers(zip: Buffer, contents: readonly Buffer[]): readonly ArchivedMember[] {
  const list = zip.indexOf('PK\x01\x02');
  let at = 0;
  return contents.map((content) => {
    const start = zip.indexOf('PK\x03\x04', at);
    at = start + 4;
    const next = zip.indexOf('PK\x03\x04', at);
    return {
      content,
      needed: [
        [start, next < 0 ? list : next],
        [list, zip.length],
      ],
    };
  });
}

/** A member of a tar is read when all before it was. */
function tarMembers(tar: Buffer, contents: readonly Buffer[]): readonly ArchivedMember[] {
  return contents.map((content) => ({ content, needed: [[0, tar.indexOf(content) + content.length]] }));
}

/** Reads a damaged archive and checks all that must hold. Throws AssertionError, or what the reader throws. */
export async function checkArchive(mutant: Mutant, { bytes, members }: TestArchive): Promise<void> {
  if (sniffArchive(mutant.bytes) === null) return;
  const found = await readAll(mutant.bytes, Number.POSITIVE_INFINITY);
  for (const [index, { content, needed }] of members.entries()) {
    // What was at the end must still be: there the table of contents is looked for.
    const isLast = mutant.bytes.length === bytes.length;
    const isWhole = ([start, end]: Stretch) =>
      isUntouched(mutant, start, end) && (end < bytes.length || isLast);
    if (!needed.every(isWhole)) continue;
    // What follows it may have become a part of it, or a reason to complain.
    const isFound = found.some((one) => one.content.startsWith(content.toString('latin1')));
    assert(isFound, `the undamaged member ${index} is lost`);
  }
  const slow = new Set((await readAll(mutant.bytes, SHORT_READ_BYTES)).map(keyOf));
  for (const one of found.filter(({ why }) => why === null && members.length > 0)) {
    assert(slow.has(keyOf(one)), 'other members in short reads');
  }
}

function isUntouched({ pieces }: Mutant, start: number, end: number): boolean {
  let offset = 0;
  for (const { at, bytes } of pieces) {
    if (at === offset && offset <= start && offset + bytes.length >= end) return true;
    offset += bytes.length;
  }
  return false;
}

type Found = { readonly path: string; readonly content: string; readonly why: string | null };

const keyOf = ({ path, content }: Found): string => JSON.stringify([path, content]);

async function readAll(bytes: Buffer, most: number): Promise<readonly Found[]> {
  const budget = new UnpackBudget({ archiveBytes: bytes.length, freeBytes: UNPACKED_MAX });
  const source: ByteSource = {
    sizeBytes: bytes.length,
    read(target, targetOffset, length, offset) {
      const part = bytes.subarray(offset, offset + Math.min(length, most));
      target.set(part, targetOffset);
      return Promise.resolve(part.length);
    },
  };
  const found: Found[] = [];
  for await (const entry of openArchive(source, { name: 'archive', budget, password: PASSWORD })) {
    assert(found.length < MEMBERS_MAX, 'it has members without end');
    if ('refused' in entry) found.push({ path: entry.path, content: '', why: entry.refused });
    else found.push({ path: entry.path, ...(await contentOf(entry.stream)) });
  }
  return found;
}

async function contentOf(stream: AsyncIterable<Uint8Array>): Promise<Pick<Found, 'content' | 'why'>> {
  const salvaged = new SalvagedBytes(stream);
  const chunks: Uint8Array[] = [];
  let refused: string | null = null;
  try {
    for await (const chunk of salvaged) chunks.push(chunk);
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    refused = error.code;
  }
  return {
    content: Buffer.concat(chunks).toString('latin1'),
    why: refused ?? salvaged.problem?.code ?? null,
  };
}

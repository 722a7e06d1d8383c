import { randomBytes } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBuffer } from '../source.ts';
import { UnpackBudget } from './entry.ts';
import { sniffArchive } from './kind.ts';
import { type OpenArchiveOptions, openArchive } from './open.ts';
import { SalvagedBytes } from './salvage.ts';
import { makeTar, makeZip } from './testing.ts';

const TEXT = Buffer.from('one line of text, of our own making\n');
/** TEXT, packed by xz and by bzip2. */
const XZ = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAjb25lIGxpbmUgb2YgdGV4dCwgb2Ygb3VyIG93biBtYWtpbmcKAJs10pcGBSt5AAE8JAUodm8ftvN9AQAAAAAEWVo=',
  'base64',
);
const BZIP2 = Buffer.from(
  'QlpoOTFBWSZTWemNztgAAA3RgAAQQAQjr5bAIAAxTTIxMTEGptRkBiDLtTd0h2BgGIdx1pFRKDvion4u5IpwoSHTG52w',
  'base64',
);

type Read = {
  path: string;
  text?: string;
  length?: number;
  note?: string;
  refused?: string;
  problem?: string;
};

/** All that an archive gives, read as ingest reads it. */
async function read(bytes: Uint8Array, options: Partial<OpenArchiveOptions> = {}): Promise<Read[]> {
  const all: Read[] = [];
  const budget = new UnpackBudget({ archiveBytes: bytes.length });
  for await (const entry of openArchive(fromBuffer(bytes), { name: 'archive', budget, ...options })) {
    if ('refused' in entry) {
      all.push({ path: entry.path, refused: entry.refused });
      continue;
    }
    const content = new SalvagedBytes(entry.stream);
    const chunks: Uint8Array[] = [];
    let refused: string | undefined;
    try {
      for await (const chunk of content) chunks.push(chunk);
    } catch (error) {
      refused = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    }
    const joined = Buffer.concat(chunks);
    all.push({
      path: entry.path,
      ...(joined.length < 100 ? { text: joined.toString() } : { length: joined.length }),
      ...(entry.note === undefined ? {} : { note: entry.note }),
      ...(refused === undefined ? {} : { refused }),
      ...(content.problem === null ? {} : { problem: content.problem.code }),
    });
  }
  return all;
}

const file = (path: string, bytes: Uint8Array = TEXT) => ({ path, bytes });
const whole = (path: string) => ({ path, text: TEXT.toString() });
const noise = randomBytes(200_000);

describe('archives are opened by content', () => {
  it('reads what each compression holds under the name without its extension', async () => {
    expect(await read(gzipSync(TEXT), { name: 'C/Security.evtx.gz' })).toEqual([whole('Security.evtx')]);
    expect(await read(zstdCompressSync(TEXT), { name: 'a.zst' })).toEqual([whole('a')]);
    expect(await read(XZ, { name: 'a.b.xz' })).toEqual([whole('a.b')]);
    expect(await read(BZIP2, { name: 'packed' })).toEqual([whole('packed')]);
  });

  it('reads compressed parts that follow each other as one file', async () => {
    const twice = { path: 'archive', text: `${TEXT}${TEXT}` };
    for (const packed of [gzipSync(TEXT), zstdCompressSync(TEXT), BZIP2, XZ]) {
      expect(await read(Buffer.concat([packed, packed]))).toEqual([twice]);
    }
  });

  it('reads the members of a zip, packed and as they are', async () => {
    const zip = await makeZip([file('a/b.txt'), { ...file('c.txt'), zip: { level: 0 } }, file('ä.txt')]);
    expect(await read(zip)).toEqual([whole('a/b.txt'), whole('c.txt'), whole('ä.txt')]);
  });

  it('reads the members of a tar, also compressed, with long names and without folders', async () => {
    const long = `${'folder/'.repeat(60)}a.txt`;
    const tar = await makeTar([
      { ...file('folder', Buffer.alloc(0)), tar: { type: 'directory' } },
      file(long),
      file('b'),
    ]);
    expect(await read(tar)).toEqual([whole(long), whole('b')]);
    expect(await read(gzipSync(tar))).toEqual([whole(long), whole('b')]);
    expect(await read(zstdCompressSync(tar))).toEqual([whole(long), whole('b')]);
  });

  it('opens an empty zip and a member without content', async () => {
    expect(await read(await makeZip([]))).toEqual([]);
    expect(await read(await makeZip([file('a', Buffer.alloc(0))]))).toEqual([{ path: 'a', text: '' }]);
  });

  it('gives every member byte for byte, whatever is in it', async () => {
    const files = fc.array(fc.uint8Array({ maxLength: 3_000 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(files, async (contents) => {
        const named = contents.map((bytes, index) => file(String(index), bytes));
        for (const archive of [await makeZip(named), await makeTar(named)]) {
          const found: Buffer[] = [];
          const budget = new UnpackBudget({ archiveBytes: archive.length });
          for await (const entry of openArchive(fromBuffer(archive), { name: 'a', budget })) {
            if ('refused' in entry) throw new Error(entry.message);
            const chunks: Uint8Array[] = [];
            for await (const chunk of entry.stream) chunks.push(chunk);
            found.push(Buffer.concat(chunks));
          }
          expect(found.map((bytes) => bytes.toString('hex'))).toEqual(
            contents.map((bytes) => Buffer.from(bytes).toString('hex')),
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  it('passes over members that nobody reads', async () => {
    for (const archive of [
      await makeZip([file('a', noise), file('b')]),
      await makeTar([file('a', noise), file('b')]),
    ]) {
      const paths: string[] = [];
      const budget = new UnpackBudget({ archiveBytes: archive.length });
      for await (const entry of openArchive(fromBuffer(archive), { name: 'a', budget }))
        paths.push(entry.path);
      expect(paths).toEqual(['a', 'b']);
    }
  });

  it('takes no evidence for an archive', () => {
    for (const text of ['BZh9 is how bzip2 begins', '<Event/>', '{"a":1}', 'ElfFile\0', 'PK', '']) {
      expect(sniffArchive(Buffer.from(text))).toBe(null);
    }
  });
});

describe('encrypted members', () => {
  const kinds = { AES: { encryptionStrength: 3 as const }, ZipCrypto: { zipCrypto: true } };
  it.each(Object.entries(kinds))(
    '%s: asks for the password, tells a wrong one, reads with the right one',
    async (_, zip) => {
      const archive = await makeZip([
        file('open.txt'),
        { ...file('secret.txt'), zip: { ...zip, password: 'pass wörd' } },
      ]);
      expect(await read(archive)).toEqual([whole('open.txt'), { path: 'secret.txt', refused: 'password' }]);
      const wrong = await read(archive, { password: 'no' });
      expect(wrong[0]).toEqual(whole('open.txt'));
      expect(wrong[1]).toMatchObject({ path: 'secret.txt', refused: 'wrong-password' });
      expect(await read(archive, { password: 'pass wörd' })).toEqual([
        whole('open.txt'),
        whole('secret.txt'),
      ]);
    },
  );
});

describe('hostile and broken archives', () => {
  it('stops what unpacks without end, in every kind', async () => {
    const zeros = Buffer.alloc(2_000_000);
    const budget = () => new UnpackBudget({ archiveBytes: 1, freeBytes: 1_000_000 });
    const refused = [{ refused: 'too-large' }];
    expect(await read(gzipSync(zeros), { budget: budget() })).toMatchObject(refused);
    expect(await read(zstdCompressSync(zeros), { budget: budget() })).toMatchObject(refused);
    expect(await read(await makeZip([file('a', zeros)]), { budget: budget() })).toMatchObject(refused);
    expect(
      (await read(gzipSync(await makeTar([file('a', zeros), file('b')])), { budget: budget() })).map(
        (one) => one.refused,
      ),
    ).toEqual(['too-large', 'too-large']);
  });

  it('does not believe a zip that states less than it holds', async () => {
    const zip = await makeZip([file('a', Buffer.alloc(2_000_000))]);
    const table = zip.lastIndexOf(Buffer.from('PK\x01\x02'));
    zip.writeUInt32LE(1_000, table + 24);
    zip.writeUInt32LE(1_000, 22);
    const budget = new UnpackBudget({ archiveBytes: 1, freeBytes: 1_000_000 });
    const [member] = await read(zip, { budget });
    expect(member?.refused ?? member?.problem).toMatch(/too-large|damaged/);
    expect(member?.length ?? 0).toBeLessThan(1_100_000);
  });

  it('counts all that an outermost archive unpacks to, and what was unpacked before', () => {
    const budget = new UnpackBudget({ archiveBytes: 10_000_000, usedBytes: 1_999_999_000 });
    expect(() => budget.take(1_000)).not.toThrow();
    expect(() => budget.take(1)).toThrow('200 times');
  });

  it('refuses the second of two members that lie over each other', async () => {
    const zip = await makeZip([file('a'), file('b')]);
    const second = zip.lastIndexOf(Buffer.from('PK\x01\x02'));
    zip.writeUInt32LE(0, second + 42);
    expect(await read(zip)).toEqual([whole('a'), { path: 'b', text: '', refused: 'overlap' }]);
  });

  it('shows paths that lead out and never uses them', async () => {
    const paths = [
      '../../etc/cron.d/a',
      '/etc/passwd',
      'C:\\Windows\\a',
      'a/../../b',
      '\u202egpj.exe',
      'a\0b',
    ];
    for (const archive of [await makeZip(paths.map((path) => file(path)))]) {
      const found = await read(archive);
      expect(found.map(({ text }) => text)).toEqual(paths.map(() => TEXT.toString()));
      expect(found.map(({ note }) => note !== undefined)).toEqual([true, true, true, true, false, false]);
    }
    expect(
      (await read(await makeTar([file('../a'), file('/b')]))).map(({ note }) => note !== undefined),
    ).toEqual([true, true]);
  });

  it('refuses links and devices, and reads what follows them', async () => {
    const tar = await makeTar([
      { ...file('link', Buffer.alloc(0)), tar: { type: 'symlink', linkname: '/etc/passwd' } },
      { ...file('hard', Buffer.alloc(0)), tar: { type: 'link', linkname: 'b' } },
      { ...file('device', Buffer.alloc(0)), tar: { type: 'character-device' } },
      file('b'),
    ]);
    expect(await read(tar)).toEqual([
      ...['link', 'hard', 'device'].map((path) => ({ path, refused: 'not-a-file' })),
      whole('b'),
    ]);
    const zip = await makeZip([
      {
        ...file('link', Buffer.from('/etc/passwd')),
        zip: { externalFileAttributes: (0o120777 << 16) >>> 0, versionMadeBy: 0x314 },
      },
      file('b'),
    ]);
    expect(await read(zip)).toEqual([{ path: 'link', refused: 'not-a-file' }, whole('b')]);
  });

  it('keeps both members of one path and says so', async () => {
    const found = await read(await makeTar([file('a'), file('a')]));
    expect(found).toMatchObject([whole('a'), { ...whole('a'), note: expect.stringContaining('same path') }]);
  });

  it('ends after as many members as it may have, and refuses paths without end', async () => {
    const tar = await makeTar([file('a'), file('b'), file('c')]);
    expect(await read(tar, { maxMembers: 2 })).toEqual([
      whole('a'),
      whole('b'),
      { path: '', refused: 'too-many' },
    ]);
    const [member] = await read(await makeTar([file('x/'.repeat(3_000))]));
    expect(member).toMatchObject({ refused: 'path-too-long' });
    expect(member?.path.length).toBeLessThan(300);
  });

  it('keeps what came of a compressed file that is cut off', async () => {
    for (const packed of [gzipSync(noise), zstdCompressSync(noise)]) {
      const [member] = await read(packed.subarray(0, packed.length - 5_000));
      expect(member).toMatchObject({ path: 'archive', problem: 'truncated' });
      expect(member?.length).toBeGreaterThan(150_000);
    }
    for (const packed of [XZ, BZIP2]) {
      expect(await read(packed.subarray(0, packed.length - 20))).toMatchObject([{ refused: 'truncated' }]);
    }
  });

  it('says that a zip or tar is cut off', async () => {
    const zip = await makeZip([file('a', noise)]);
    expect(await read(zip.subarray(0, 100_000))).toEqual([{ path: '', refused: 'truncated' }]);
    const tar = await makeTar([file('a'), file('b', noise)]);
    expect(await read(tar.subarray(0, 100_000))).toMatchObject([
      whole('a'),
      { path: 'b', problem: 'truncated' },
      { path: '', refused: 'truncated' },
    ]);
  });

  it('tells content that does not fit its checksum, and keeps it', async () => {
    const zip = await makeZip([{ ...file('a'), zip: { level: 0 } }, file('b')]);
    const at = zip.indexOf(TEXT);
    zip.write('0', at);
    expect(await read(zip)).toEqual([
      { path: 'a', text: TEXT.toString().replace('o', '0'), problem: 'checksum' },
      whole('b'),
    ]);
    const gzip = gzipSync(noise);
    gzip.writeUInt32LE(1, gzip.length - 8);
    const [member] = await read(gzip);
    expect(member?.problem).toBe('checksum');
    expect(member?.length).toBeGreaterThan(noise.length - 16_385);
  });

  it('reads no header of any size into memory', async () => {
    const tar = await makeTar([file('a')]);
    const header = Buffer.from(tar.subarray(0, 512));
    header.write('x', 156);
    header.write('77777777777\0', 124);
    header.write('        ', 148);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    expect(await read(Buffer.concat([header, noise]))).toEqual([{ path: '', refused: 'damaged' }]);
  });

  it('survives any change of any byte, and any cut', async () => {
    const files = [file('a/b.txt'), file('c', noise.subarray(0, 3_000))];
    const originals = [
      await makeZip([...files, { ...file('s'), zip: { password: 'p', zipCrypto: true } }]),
      await makeTar(files),
      gzipSync(await makeTar(files)),
      zstdCompressSync(noise.subarray(0, 2_000)),
      XZ,
      BZIP2,
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...originals),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.nat(255)), {
          maxLength: 4,
        }),
        fc.oneof(fc.constant(1), fc.double({ min: 0.1, max: 1, noNaN: true })),
        async (original, changes, cut) => {
          const bytes = Buffer.from(original.subarray(0, Math.ceil(original.length * cut)));
          for (const [at, value] of changes) bytes[Math.floor(at * bytes.length)] = value;
          if (sniffArchive(bytes) === null) return;
          const found = await read(bytes, { password: 'p' });
          expect(found.length).toBeLessThan(20);
        },
      ),
      { numRuns: 200, seed: 4 },
    );
  });
});

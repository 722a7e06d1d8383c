import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isEvtx, readEvtx, readEvtxHeader } from './reader.ts';
import { ChunkBuilder, evtxFile } from './testing/chunk-builder.ts';
import { bufferSource, hasSharedData, plainRecord, readBlocks, sharedData } from './testing/read-all.ts';

type ManifestRow = { readonly file: string; readonly recordsRaw: number };

function manifest(): ManifestRow[] {
  if (!hasSharedData) return [];
  const [, ...lines] = readFileSync(new URL('MANIFEST.tsv', sharedData), 'utf8').trimEnd().split('\n');
  return lines
    .map((line) => line.split('\t'))
    .filter(([file = '', , , , recordsRaw]) => file.endsWith('.evtx') && recordsRaw !== '')
    .map(([file = '', , , , recordsRaw]) => ({ file, recordsRaw: Number(recordsRaw) }));
}

const shared = (file: string) =>
  readFileSync(new URL(encodeURIComponent(file).replaceAll('%2F', '/'), sharedData));

/**
 * The raw walk that made the manifest stops at the first broken record of a chunk. What follows it is no leftover of an
 * earlier round of the log: see "records after a damaged one" below.
 */
const RECORDS_AFTER_DAMAGE: ReadonlyMap<string, number> = new Map([
  ['evtx/omer/sample_with_a_bad_chunk_magic.evtx', 31],
  ['evtx/omer/sample-with-zero-data-size-event.evtx', 115],
]);

describe.skipIf(!hasSharedData)('real logs of the shared data', () => {
  it.each(manifest())('$file: every record is read, parsed or skipped', async ({ file, recordsRaw }) => {
    const bytes = shared(file);
    const expected = recordsRaw + (RECORDS_AFTER_DAMAGE.get(file) ?? 0);
    const parsed = await readBlocks(bytes);
    const skipped = await readBlocks(bytes, { needles: ['no such text anywhere'] });
    for (const blocks of [parsed, skipped]) {
      expect(blocks.reduce((sum, block) => sum + block.recordCount, 0)).toBe(expected);
    }
    // Everything about every record can be asked for, and skipping changes no count.
    for (const block of parsed) block.records.map(plainRecord);
    expect(skipped.map((block) => block.census())).toEqual(parsed.map((block) => block.census()));
    expect(skipped.map((block) => block.problems)).toEqual(parsed.map((block) => block.problems));
  });

  it.each([
    ['evtx/omer/sample-with-zero-data-size-event.evtx', 450, [1, 450]],
    ['evtx/omer/sample_with_a_bad_chunk_magic.evtx', 300, [45_691, 47_705]],
  ])(
    'records after a damaged one in %s are each new and of their chunk',
    async (file, count, [first, last]) => {
      const bytes = shared(file);
      const ids: number[] = [];
      for (const block of await readBlocks(bytes)) {
        const known = block.records.flatMap(({ system }) =>
          system.recordId === null ? [] : [system.recordId],
        );
        // The chunk header names the first and the last record number (offsets 8 and 16).
        const range = [8, 16].map((at) => Number(bytes.readBigUInt64LE(block.offset + at)));
        for (const id of known.map(Number)) {
          expect(id).toBeGreaterThanOrEqual(range[0] ?? 0);
          expect(id).toBeLessThanOrEqual(range[1] ?? 0);
          ids.push(id);
        }
      }
      expect([ids.length, new Set(ids).size]).toEqual([count, count]);
      expect([Math.min(...ids), Math.max(...ids)]).toEqual([first, last]);
    },
  );

  it('reads known events to the last digit', async () => {
    const blocks = await readBlocks(shared('derived/powershell-win32-scheduledjob.evtx'));
    const record = blocks.flatMap((block) => block.records).find((found) => found.system.recordId === '139');
    expect(record?.system.systemTime).toBe('2024-03-05T09:14:02.1254367Z');
    expect(record?.timeTicks).toBe(17_096_300_421_254_367n);
    expect(record?.system.computer).toBe('win10-02.offsec.lan');
    expect(record?.system.userId).toBe('S-1-5-21-4230534742-2542757381-3142984815-1111');
    expect(record?.data.map(([name]) => name)).toEqual([
      'MessageNumber',
      'MessageTotal',
      'ScriptBlockText',
      'ScriptBlockId',
      'Path',
    ]);
  });

  it('skips chunks of real logs, and never one that holds a needle', async () => {
    const bytes = shared('evtx/sbousseaden/persistence_sysmon_11_13_1_shime_appfix.evtx');
    const isHit = (text: string) => text.toLowerCase().includes('appcompatflags');
    const parsed = await readBlocks(bytes);
    const filtered = await readBlocks(bytes, { needles: ['AppCompatFlags'] });
    const hits = (blocks: typeof parsed) =>
      blocks
        .flatMap((block) => block.records)
        .filter((record) => record.data.some(([, text]) => isHit(text)))
        .map(plainRecord);
    expect(hits(parsed).length).toBeGreaterThan(0);
    expect(hits(filtered)).toEqual(hits(parsed));
    expect(
      (await readBlocks(bytes, { needles: ['no such text'] })).filter((block) => !block.isParsed),
    ).toHaveLength(5);
  });

  it('reports a bad chunk with its place and reads the next ones', async () => {
    const blocks = await readBlocks(shared('evtx/omer/sample_with_a_bad_chunk_magic.evtx'));
    const bad = blocks.find((block) => block.offset === 397_312);
    expect(bad?.problems).toMatchObject([
      { code: 'chunk-header', place: { offset: 397_312 }, skippedBytes: 65_536, isLoss: true },
    ]);
    expect(blocks.find((block) => block.offset === 528_384)?.recordCount).toBe(129);
  });

  it.each(hasSharedData ? readdirSync(new URL('mutants/', sharedData)) : [])(
    'reads %s, which drives other readers out of memory',
    async (name) => {
      const blocks = await readBlocks(shared(`mutants/${name}`));
      const records = blocks.flatMap((block) => block.records).map(plainRecord);
      expect(JSON.stringify(records).length).toBeLessThan(1 << 20);
      expect(blocks.flatMap((block) => block.problems).some((problem) => problem.isLoss)).toBe(true);
    },
  );
});

function smallChunk(texts: readonly string[]): Buffer {
  const chunk = new ChunkBuilder();
  for (const text of texts) chunk.event(() => chunk.eventData(() => chunk.text(text)));
  return chunk.finish();
}

describe('an EVTX file', () => {
  it('is known by its header, or by a chunk when the header is destroyed', async () => {
    const file = evtxFile([smallChunk(['a'])]);
    const destroyed = Buffer.from(file).fill(0, 0, 4096);
    expect(isEvtx(file)).toBe(true);
    expect(isEvtx(destroyed)).toBe(true);
    expect(isEvtx(file.subarray(4096))).toBe(true);
    expect(isEvtx(Buffer.from('%PDF-1.7'))).toBe(false);
    expect(isEvtx(Buffer.alloc(0))).toBe(false);
    for (const [bytes, offset] of [
      [destroyed, 4096],
      [file.subarray(4096), 0],
    ] as const) {
      const [block] = await readBlocks(bytes);
      expect(block?.offset).toBe(offset);
      expect(block?.records[0]?.data).toEqual([['', 'a']]);
      expect(block?.problems).toMatchObject([{ code: 'file-header', isLoss: false }]);
    }
  });

  it('says what its header claims', () => {
    const header = readEvtxHeader(evtxFile([smallChunk([]), smallChunk([])], 1));
    expect(header).toMatchObject({
      isDirty: true,
      isFull: false,
      hasChecksums: true,
      chunkCount: 2,
      problems: [],
    });
    const wrong = evtxFile([smallChunk([])]);
    wrong[16] = 99;
    expect(readEvtxHeader(wrong).problems).toMatchObject([{ code: 'file-header', isLoss: false }]);
  });

  it('is read to its end whatever the header counts', async () => {
    const file = evtxFile([smallChunk(['a']), smallChunk(['b']), smallChunk(['c'])]);
    file.writeUInt16LE(1, 42);
    const texts = (await readBlocks(file)).flatMap((block) => block.records.map((record) => record.data));
    expect(texts).toEqual([[['', 'a']], [['', 'b']], [['', 'c']]]);
  });

  it('can be read from any block boundary on', async () => {
    const file = evtxFile([smallChunk(['a']), smallChunk(['b']), smallChunk(['c'])]);
    const all = await readBlocks(file);
    for (const block of all) {
      const startOffset = block.offset + block.lengthBytes;
      const rest = await readBlocks(file, { startOffset, startIndex: block.index + 1 });
      expect(rest.map((later) => later.offset)).toEqual(
        all.slice(block.index + 1).map((later) => later.offset),
      );
      expect(rest.map((later) => later.index)).toEqual(
        all.slice(block.index + 1).map((later) => later.index),
      );
    }
  });

  it('may have space that is not used yet, which is no problem', async () => {
    const blocks = await readBlocks(Buffer.concat([evtxFile([smallChunk(['a'])]), Buffer.alloc(3 * 65_536)]));
    expect(blocks).toHaveLength(4);
    expect(blocks.flatMap((block) => block.problems)).toEqual([]);
  });

  it('that was cut off says how much is missing', async () => {
    const file = evtxFile([smallChunk(['a']), smallChunk(['b'])]);
    const onlyHeader = await readBlocks(file.subarray(0, 4096));
    expect(onlyHeader.flatMap((block) => block.problems)).toMatchObject([
      { code: 'truncated', place: { offset: 4096 }, isLoss: true },
    ]);
    const withoutLast = await readBlocks(file.subarray(0, 4096 + 65_536));
    expect(withoutLast.flatMap((block) => block.problems)).toMatchObject([
      { code: 'truncated', isLoss: true },
    ]);
    const inChunkHeader = await readBlocks(file.subarray(0, 4096 + 65_536 + 100));
    expect(inChunkHeader.at(-1)?.problems).toMatchObject([
      { code: 'truncated', skippedBytes: 100, isLoss: true },
    ]);
  });

  it('that gets shorter while it is read says so', async () => {
    const file = evtxFile([smallChunk(['a']), smallChunk(['b'])]);
    const source = { ...bufferSource(file.subarray(0, 4096 + 65_536)), sizeBytes: file.length };
    const blocks = [];
    for await (const block of readEvtx(source, {})) blocks.push(block);
    expect(blocks.flatMap((block) => block.records)).toHaveLength(1);
    expect(blocks.at(-1)?.problems).toMatchObject([
      { code: 'truncated', place: { offset: 4096 + 65_536 }, isLoss: true },
    ]);
  });

  it('whose source fails rejects with the error of the source', async () => {
    const source = bufferSource(evtxFile([smallChunk(['a'])]));
    const failing = {
      ...source,
      read: async (target: Uint8Array, targetOffset: number, length: number, offset: number) => {
        if (offset > 0) throw new Error('disk gone');
        return source.read(target, targetOffset, length, offset);
      },
    };
    await expect(readEvtx(failing, {}).next()).rejects.toThrow('disk gone');
  });

  it('stops with the reason of an abort', async () => {
    const reader = readEvtx(bufferSource(evtxFile([smallChunk(['a']), smallChunk(['b'])])), {
      signal: AbortSignal.abort(new Error('enough')),
    });
    await expect(reader.next()).rejects.toThrow('enough');
  });

  it('counts records by channel, event, computer and provider with first and last time', async () => {
    const chunk = new ChunkBuilder();
    const event = (channel: string, time: string) =>
      chunk.event(
        () => chunk.eventData(),
        [],
        () => chunk.system({ channel: () => chunk.text(channel), time: () => chunk.text(time) }),
      );
    event('A', '2024-01-01T00:00:00.0000002Z');
    event('B', '2024-01-01T00:00:00.0000009Z');
    event('A', '2024-01-01T00:00:00.0000001Z');
    event('A', 'no time');
    const base = 17_040_672_000_000_000n;
    const [block] = await readBlocks(evtxFile([chunk.finish()]));
    expect(block?.census()).toEqual([
      {
        channel: 'A',
        eventId: 7,
        computer: 'host.example',
        provider: 'Test-Provider',
        count: 3,
        firstTicks: base + 1n,
        lastTicks: base + 2n,
      },
      {
        channel: 'B',
        eventId: 7,
        computer: 'host.example',
        provider: 'Test-Provider',
        count: 1,
        firstTicks: base + 9n,
        lastTicks: base + 9n,
      },
    ]);
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Block, Problem } from '#lib/evidence/record.ts';
import { type FileSource, openFile } from '#lib/evidence/source.ts';
import { joinCensusRows } from '../census-rows.ts';
import { readEvtx } from './reader.ts';
import { readEvtxInThreads } from './threads.ts';

const EVIDENCE = fileURLToPath(new URL('../../../e2e/evidence/', import.meta.url));
const FILES = ['sysmon-enableat.evtx', 'powershell-win32-scheduledjob.evtx', 'Application_no_crc32.evtx'];
const HEADER_BYTES = 4096;
const CHUNK_BYTES = 65_536;
const NEEDLES = ['win32_scheduledjob', 'enableat'];
const TWO = { threads: 2, extentChunks: 1 };
const THREADINGS = [{ threads: 1 }, TWO, { threads: 3, extentChunks: 3 }, { threads: 7, extentChunks: 2 }];
/** Threads start slowly on a machine that has much to do. */
const TIMEOUT_MS = 120_000;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'jobsight-threads-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Real chunks, most of them without a literal, repeated and damaged in all ways that the reader tells. */
function damagedFile(): Buffer {
  const [registry = Buffer.alloc(0), script = Buffer.alloc(0), application = Buffer.alloc(0)] = FILES.map(
    (name) => readFileSync(path.join(EVIDENCE, name)),
  );
  const chunk = (file: Buffer, at = 0) =>
    Buffer.from(file.subarray(HEADER_BYTES + at * CHUNK_BYTES, HEADER_BYTES + (at + 1) * CHUNK_BYTES));
  const plain = chunk(application);
  const changed = (at: number, bytes: string) => {
    const copy = Buffer.from(plain);
    copy.write(bytes, at, 'latin1');
    return copy;
  };
  return Buffer.concat([
    registry.subarray(0, HEADER_BYTES),
    plain,
    plain,
    chunk(registry),
    changed(0, 'NoChunk'),
    plain,
    changed(600, 'damage in a record'),
    changed(512, '\x2a\x2a\x2b'),
    Buffer.alloc(CHUNK_BYTES),
    chunk(script),
    chunk(script),
    changed(48, '\xff\xff\xff\xff'),
    plain,
    changed(20_000, 'x'.repeat(9_000)),
    chunk(registry).subarray(0, 40_000),
  ]);
}

/** All that blocks say, but for where one ends. */
async function said(blocks: AsyncGenerator<Block>) {
  const all: Block[] = [];
  for await (const block of blocks) all.push(block);
  const problems: Problem[] = all.flatMap((block) => block.problems);
  return {
    lengthBytes: all.reduce((sum, block) => sum + block.lengthBytes, 0),
    recordCount: all.reduce((sum, block) => sum + block.recordCount, 0),
    problems,
    records: all.flatMap(({ records }) =>
      records.map(({ place, system, data }) => ({ place, system, data })),
    ),
    rows: joinCensusRows(all.flatMap((block) => block.census())),
  };
}

async function withFile<Result>(
  bytes: Buffer,
  use: (source: FileSource) => Promise<Result>,
): Promise<Result> {
  const file = path.join(folder, 'x.evtx');
  writeFileSync(file, bytes);
  const source = await openFile(file);
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

describe('a file that threads look through', () => {
  const whole = damagedFile();
  it.each([
    ['damaged', whole, THREADINGS],
    ['without its header', whole.subarray(HEADER_BYTES), [TWO]],
    ['cut within a chunk header', whole.subarray(0, HEADER_BYTES + CHUNK_BYTES + 100), [TWO]],
    ['of nothing but its header', whole.subarray(0, HEADER_BYTES), [TWO]],
    ['cut within its header', whole.subarray(0, 1000), [TWO]],
    [
      'whose chunks are moved',
      Buffer.concat([whole.subarray(0, HEADER_BYTES), whole.subarray(10_000)]),
      [TWO],
    ],
  ])(
    'says the same as read by one, %s',
    async (_, bytes, threadings) => {
      await withFile(bytes, async (source) => {
        const expected = await said(readEvtx(source, { needles: NEEDLES }));
        for (const threading of threadings) {
          expect(await said(readEvtxInThreads(source, { needles: NEEDLES }, threading))).toEqual(expected);
        }
      });
    },
    TIMEOUT_MS,
  );

  it('is read whole where there is nothing to skip by', async () => {
    await withFile(whole, async (source) => {
      expect(await said(readEvtxInThreads(source, {}, TWO))).toEqual(await said(readEvtx(source, {})));
    });
  });

  it('tells what is only looked through from what is read', async () => {
    await withFile(whole, async (source) => {
      const { records, recordCount, problems, rows } = await said(
        readEvtxInThreads(source, { needles: NEEDLES }, { threads: 3, extentChunks: 2 }),
      );
      expect(records.length).toBeGreaterThan(0);
      expect(recordCount).toBeGreaterThan(records.length);
      expect(rows.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(recordCount);
      expect(new Set(problems.map(({ code }) => code)).size).toBeGreaterThan(2);
    });
  });

  it('is told as too short when it gets so meanwhile', async () => {
    await withFile(whole, async (source) => {
      truncateSync(path.join(folder, 'x.evtx'), HEADER_BYTES + 3 * CHUNK_BYTES);
      const { problems, lengthBytes } = await said(
        readEvtxInThreads(source, { needles: NEEDLES }, { threads: 2, extentChunks: 2 }),
      );
      expect(problems.at(-1)).toMatchObject({ code: 'truncated', isLoss: true });
      expect(lengthBytes).toBe(whole.length - HEADER_BYTES);
    });
  });

  it('fails when a thread does', async () => {
    await withFile(whole, async (source) => {
      // A descriptor of no file: the threads cannot read.
      const broken: FileSource = { ...source, fd: 1_000_000 };
      await expect(
        said(readEvtxInThreads(broken, { needles: NEEDLES }, { threads: 2, extentChunks: 2 })),
      ).rejects.toThrow(/EBADF/);
    });
  });

  it('is given up when nobody wants the rest, or when aborted', async () => {
    await withFile(whole, async (source) => {
      const blocks = readEvtxInThreads(source, { needles: NEEDLES }, { threads: 2, extentChunks: 1 });
      await blocks.next();
      expect(await blocks.return(undefined)).toMatchObject({ done: true });
      const aborted = { needles: NEEDLES, signal: AbortSignal.abort(new Error('enough')) };
      await expect(said(readEvtxInThreads(source, aborted, { threads: 2 }))).rejects.toThrow('enough');
    });
  });
});

describe('scan --threads', () => {
  it(
    'prints the same bytes for any number of threads',
    () => {
      const body = damagedFile().subarray(HEADER_BYTES, HEADER_BYTES + 13 * CHUNK_BYTES);
      const file = path.join(folder, 'large.evtx');
      const repeated = Array.from({ length: 80 }, () => body);
      writeFileSync(file, Buffer.concat([damagedFile().subarray(0, HEADER_BYTES), ...repeated]));
      const scan = (threads: number) => {
        const args = ['scripts/scan.ts', '--extended', '--threads', String(threads), file];
        const cwd = fileURLToPath(new URL('../../../', import.meta.url));
        const { status, stdout, stderr } = spawnSync(process.execPath, args, {
          cwd,
          encoding: 'utf8',
          maxBuffer: 1 << 28,
        });
        return { status, stdout, stderr: stderr.replace(/ in [\d.]+ s\n$/, '') };
      };
      const alone = scan(1);
      expect(alone.status).toBe(0);
      expect(alone.stdout).toContain('12c80db8-ef62-4456-92df-b23e1b3219f6');
      for (const threads of [2, 3, 7]) expect(scan(threads)).toEqual(alone);
    },
    TIMEOUT_MS,
  );
});

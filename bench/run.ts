/**
 * `npm run bench [-- --size MB] [--evidence FOLDER]`: reading speed against evtxexport of Debian's libevtx-utils on the
 * same file in the same run, as ratios; of text against the plain programs of bench/peers.ts; then ingest into PostgreSQL.
 * `--large MB` instead: bench/large.ts.
 */
import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { writeDetections } from './detections.ts';
import { findEvtx, makeEvtx } from './evidence.ts';
import { measureIngest } from './ingest.ts';
import { type LargeTiming, measureLarge, RESIDENT_MB_MAX } from './large.ts';
import { measureSmallFiles } from './small-files.ts';
import { SPREAD, spreadEvtx } from './spread.ts';
import type { Spent } from './surroundings.ts';
import { makeText, TEXT_FORMS } from './text-forms.ts';

const RUNS = 3;
const SMALL_FILES = 1_000;
/** A search without hits, which keeps nothing and counts no kinds. */
const HUNTED = 'ScriptBlockText="*a class that no script names*"';
/** So that the start of a process can be told from reading. */
const EMPTY = path.join('e2e', 'evidence', 'Application_no_crc32.evtx');
const ROOT = path.resolve(import.meta.dirname, '..');

type Timing = { readonly seconds: number; readonly peakMb: number };

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '128' },
    evidence: { type: 'string', default: path.join(ROOT, 'e2e', 'evidence') },
    large: { type: 'string' },
  },
});
if (values.large === undefined) await compare();
else printLarge(await measureLarge(await findEvtx(values.evidence), Number(values.large) * 1024 * 1024));

async function compare(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jobsight-bench-'));
  try {
    const file = path.join(folder, 'bench.evtx');
    await makeEvtx(peerReadable(await findEvtx(values.evidence)), file, Number(values.size) * 1024 * 1024);
    const megabytes = (await stat(file)).size / 1e6;
    const peer = median(Array.from({ length: RUNS }, () => time('evtxexport', [file])));
    const scan = timeScan('--threads', '1', file);
    const threaded = timeScan(file);
    const detections = path.join(folder, 'detections');
    await mkdir(detections);
    const count = await writeDetections(detections);
    const many = timeScan('--threads', '1', '--content', detections, file);
    const hunt = median(
      Array.from({ length: RUNS }, () => time(process.execPath, ['scripts/search.ts', HUNTED, file])),
    );
    const start = median(
      Array.from({ length: RUNS }, () => time(process.execPath, ['scripts/search.ts', HUNTED, EMPTY])),
    );
    const verify = timeScan('--verify', file);
    const events = countEvents(file);
    print('evtxexport', peer, megabytes, events, peer);
    print('scan', scan, megabytes, events, peer);
    print(`scan, ${availableParallelism()} cores`, threaded, megabytes, events, peer);
    print(`scan, ${count + 2}`, many, megabytes, events, peer);
    print('search', hunt, megabytes, events, peer);
    const reading = { seconds: hunt.seconds - start.seconds, peakMb: 0 };
    print('search, read', reading, megabytes, events, peer);
    process.stdout.write(
      `${count} detections more cost ${(many.seconds / scan.seconds).toFixed(2)} times as much as two\n`,
    );
    print('scan --verify', verify, megabytes, events, peer);
    await measureTexts(folder, await findEvtx(values.evidence));
    const spread = path.join(folder, 'spread.evtx');
    const pieces = spreadEvtx(await findEvtx(values.evidence), Number(values.size) * 1024 * 1024, SPREAD);
    await pipeline(pieces, createWriteStream(spread));
    for (const [name, source] of [
      ['ingest', file],
      ['ingest, months', spread],
    ] as const) {
      const timing = await measureIngest(source);
      print(name, timing, megabytes, events, peer);
      const { workerSeconds, postgresSeconds } = timing;
      process.stdout.write(
        `${name}: processor time of the worker ${workerSeconds.toFixed(1)} s, of PostgreSQL ${postgresSeconds.toFixed(1)} s\n`,
      );
    }
    const smallSeconds = await measureSmallFiles(await findEvtx(values.evidence), SMALL_FILES);
    process.stdout.write(`${SMALL_FILES} small files are ready after ${smallSeconds.toFixed(1)} s\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each form of text by `scan`, one thread, against a plain program on the same file. */
async function measureTexts(folder: string, files: readonly string[]): Promise<void> {
  for (const [form, write] of Object.entries(TEXT_FORMS)) {
    const file = path.join(folder, form);
    await makeText(files, file, Number(values.size) * 1024 * 1024, write);
    const megabytes = (await stat(file)).size / 1e6;
    const plain = form === 'xml' ? 'saxes' : 'JSON.parse';
    const peer = time(process.execPath, ['bench/peers.ts', form === 'xml' ? 'xml' : 'json', file]);
    const events = countEvents(file);
    print(form, timeScan(file), megabytes, events, peer, plain);
    print(plain, peer, megabytes, events, peer, plain);
    await rm(file);
  }
}

/** The peer stops at some files; only those that it exports whole are measured, for both. */
function peerReadable(files: readonly string[]): string[] {
  const readable = files.filter((file) => {
    const { status, stdout } = spawnSync('evtxexport', [file], { maxBuffer: 1 << 28 });
    return status === 0 && stdout.includes('Event number');
  });
  if (readable.length === 0)
    throw new Error('evtxexport (package libevtx-utils) is not installed or reads no file');
  return readable;
}

/** A whole process, from its start to its end; its output is thrown away. */
function time(command: string, args: readonly string[]): Timing {
  const started = performance.now();
  const { status, stderr } = spawnSync('/usr/bin/env', [command, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 26,
    env: { NODE_COMPILE_CACHE: path.join(ROOT, 'node_modules', '.cache', 'compile'), ...process.env },
  });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.toString().slice(0, 300)}`);
  return { seconds: (performance.now() - started) / 1_000, peakMb: 0 };
}

function timeScan(...args: readonly string[]): Timing {
  return median(Array.from({ length: RUNS }, () => time(process.execPath, ['scripts/scan.ts', ...args])));
}

function median(timings: readonly Timing[]): Timing {
  const [middle] = timings.toSorted((a, b) => a.seconds - b.seconds).slice(Math.floor(timings.length / 2));
  if (!middle) throw new Error('nothing was measured');
  return middle;
}

function countEvents(file: string): number {
  const { stderr } = spawnSync(process.execPath, ['scripts/scan.ts', '--verify', file], { cwd: ROOT });
  return Number(/ (\d+) events/.exec(stderr.toString())?.[1] ?? 0);
}

function printLarge(timing: LargeTiming): void {
  const { seconds, sizeBytes, recordCount, peakMb, workerSeconds, postgresSeconds, surroundings } = timing;
  const { requests, dense, denseLeftBlocks, plan } = surroundings;
  const at = (share: number) => requests[Math.ceil(requests.length * share) - 1] ?? dense;
  const spent = ({ wallMs, cpuMs }: Spent) => `${wallMs.toFixed(0)} ms (processor ${cpuMs.toFixed(0)} ms)`;
  process.stdout.write(
    [
      `${(sizeBytes / 1e9).toFixed(1)} GB, ${recordCount.toLocaleString('en')} events read in ${seconds.toFixed(0)} s: ${(sizeBytes / 1e6 / seconds).toFixed(0)} MB/s`,
      `processor time of the worker ${workerSeconds.toFixed(0)} s, of PostgreSQL ${postgresSeconds.toFixed(0)} s`,
      `the worker had ${peakMb.toFixed(0)} MB resident at most, of ${RESIDENT_MB_MAX} that it may have`,
      `events around a time, first page: p50 ${spent(at(0.5))}, p95 ${spent(at(0.95))}`,
      `a day before and after: ${spent(dense)}, ${denseLeftBlocks.toLocaleString('en')} blocks left for other pages`,
      ...plan,
      '',
    ].join('\n'),
  );
}

function print(
  name: string,
  timing: Timing,
  megabytes: number,
  events: number,
  peer: Timing,
  peerName = 'evtxexport',
): void {
  const line = [
    name.padEnd(14),
    `${(megabytes / timing.seconds).toFixed(0).padStart(6)} MB/s`,
    `${Math.round(events / timing.seconds)
      .toLocaleString('en')
      .padStart(10)} events/s`,
    `${(peer.seconds / timing.seconds).toFixed(1).padStart(6)} × ${peerName}`,
    `${timing.seconds.toFixed(2).padStart(7)} s`,
    timing.peakMb > 0 ? `${timing.peakMb.toFixed(0).padStart(5)} MB resident` : '',
  ];
  process.stdout.write(`${line.join('  ').trimEnd()}\n`);
}

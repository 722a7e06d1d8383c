/**
 * `npm run fuzz`: reads damaged files until something breaks. The reading is done in a thread of little memory that is
 * watched, so that a reader that never ends or takes all memory is told as one that throws: by reader and seed, and with the
 * file kept.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createFuzzer, FUZZED_READERS } from '#lib/evidence/testing/fuzz.ts';
import { runCommand } from './support/failure.ts';

const USAGE = `usage: npm run fuzz -- [--reader ${FUZZED_READERS.join('|')}] [--seed N] [--count N]`;
const HEAP_MB = 256;
/** No mutant takes a thousandth of it. */
const PATIENCE_MS = 60_000;
const WATCH_MS = 1_000;
const FOLDER = 'fuzz-failures';

type Task = { readonly reader: string; readonly seed: number; readonly count: number };
/** Of what went wrong: `seed` alone gives the file. */
type Failure = { readonly seed: number; readonly reason: string };
type Report = { readonly started: number } | { readonly failure: Failure };

if (isMainThread) await runCommand(main);
else await readMutants(workerData as Task);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      reader: { type: 'string', multiple: true, default: [...FUZZED_READERS] },
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '1000' },
    },
  });
  const [seed, count] = [Number(values.seed), Number(values.count)];
  const isKnown = values.reader.every((reader) => FUZZED_READERS.includes(reader));
  if (!isKnown || !Number.isSafeInteger(seed) || !(Number.isSafeInteger(count) && count > 0)) {
    process.stderr.write(`${USAGE}\n`);
    process.exitCode = 2;
    return;
  }
  for (const reader of values.reader) {
    const failure = await fuzz({ reader, seed, count });
    if (failure === null) {
      const peakMb = Math.ceil(process.resourceUsage().maxRSS / 1_024);
      process.stdout.write(
        `${reader}: ${count} mutants from seed ${seed} on, all as they must be (${peakMb} MB at most)\n`,
      );
      continue;
    }
    const { mutant, name } = (await createFuzzer(reader)).make(failure.seed);
    await mkdir(FOLDER, { recursive: true });
    const file = path.join(FOLDER, `${reader}-${failure.seed}`);
    await writeFile(file, mutant.bytes);
    process.stdout.write(
      `${reader}: ${failure.reason}\n  made from ${name}, kept as ${file}\n  again: npm run fuzz -- --reader ${reader} --seed ${failure.seed} --count 1\n`,
    );
    process.exitCode = 1;
  }
}

/** Null when all went well. */
function fuzz(task: Task): Promise<Failure | null> {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  let { seed } = task;
  let heardMs = Date.now();
  let failure: Failure | null = null;
  const watch = setInterval(() => {
    if (Date.now() - heardMs < PATIENCE_MS) return;
    failure = { seed, reason: `it did not end in ${PATIENCE_MS / 1_000} s` };
    void worker.terminate();
  }, WATCH_MS);
  return new Promise((resolve) => {
    worker.on('message', (report: Report) => {
      heardMs = Date.now();
      if ('started' in report) seed = report.started;
      else failure = report.failure;
    });
    // Out of memory, for one.
    worker.on('error', (error) => {
      failure = { seed, reason: String(error) };
    });
    worker.on('exit', () => {
      clearInterval(watch);
      resolve(failure);
    });
  });
}

async function readMutants({ reader, seed, count }: Task): Promise<void> {
  const say = (report: Report): void => parentPort?.postMessage(report);
  const fuzzer = await createFuzzer(reader);
  for (let at = seed; at < seed + count; at++) {
    say({ started: at });
    try {
      await fuzzer.check(at);
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      say({ failure: { seed: at, reason } });
      return;
    }
  }
}

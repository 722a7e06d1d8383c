import { Worker } from 'node:worker_threads';
import type { Extent } from '#lib/evidence/blocks.ts';
import type { Block, ReadOptions } from '#lib/evidence/record.ts';
import type { FileSource } from '#lib/evidence/source.ts';
import { CHUNK_BYTES, type EvtxHeader } from './header.ts';
import { createNeedleTest } from './needles.ts';
import { readBlock, readChunks, readEvtx, readHeader, wholeFile } from './reader.ts';
import type { Skimmed } from './skim.ts';
import type { SkimTask } from './skim-thread.ts';

/** Chunks that a thread is asked for at once: 4 MiB. */
const EXTENT_CHUNKS = 64;
/** Answers that may wait for their turn; a thread has the next question before it answers one. */
const ASKED_PER_THREAD = 2;

type Threading = { readonly threads: number; readonly extentChunks?: number };

/**
 * As readEvtx, with threads that look for the chunks to be read; those are read here. Chunks that are skipped come as one
 * block as long as nothing has to be read between them. The same records, counts and problems in the same order, however
 * many threads there are. Without literals nothing can be skipped, and there are no threads.
 *
 * Throws as readEvtx, and Error when a thread ends too early.
 */
export async function* readEvtxInThreads(
  source: FileSource,
  options: ReadOptions,
  { threads, extentChunks = EXTENT_CHUNKS }: Threading,
): AsyncGenerator<Block> {
  const { needles = [], signal } = options;
  if (threads < 2 || createNeedleTest(needles) === null) {
    yield* readEvtx(source, options);
    return;
  }
  const header = await readHeader(source);
  const task: SkimTask = { fd: source.fd, sizeBytes: source.sizeBytes, needles };
  const skimmers = Array.from({ length: threads }, () => new Skimmer(task));
  try {
    const extents = extentsOf(header.firstChunkOffset, source.sizeBytes, extentChunks * CHUNK_BYTES);
    const blocks = blocksOf(source, header, skimmedInOrder(skimmers, extents, signal));
    yield* wholeFile(source, header, { index: 0, offset: header.firstChunkOffset }, true, blocks);
  } finally {
    await Promise.all(skimmers.map((skimmer) => skimmer.end()));
  }
}

function extentsOf(start: number, end: number, lengthBytes: number): readonly Extent[] {
  const count = Math.max(0, Math.ceil((end - start) / lengthBytes));
  return Array.from({ length: count }, (_, at) => ({
    index: (at * lengthBytes) / CHUNK_BYTES,
    offset: start + at * lengthBytes,
    end: Math.min(end, start + (at + 1) * lengthBytes),
  }));
}

/** What was found in the extents, in their order; ends early where the file got shorter. */
async function* skimmedInOrder(
  skimmers: readonly Skimmer[],
  extents: readonly Extent[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Skimmed> {
  const asked: { readonly extent: Extent; readonly answer: Promise<readonly Skimmed[]> }[] = [];
  let next = 0;
  const ask = () => {
    const extent = extents[next];
    const skimmer = skimmers[next % skimmers.length];
    if (!extent || !skimmer) return;
    asked.push({ extent, answer: skimmer.ask(extent) });
    next += 1;
  };
  for (let count = 0; count < skimmers.length * ASKED_PER_THREAD; count++) ask();
  for (let first = asked.shift(); first; first = asked.shift()) {
    signal?.throwIfAborted();
    const skimmed = await first.answer;
    ask();
    yield* skimmed;
    const last = skimmed.at(-1);
    if (!last || last.offset + last.lengthBytes < first.extent.end) return;
  }
}

async function* blocksOf(
  source: FileSource,
  header: EvtxHeader,
  skimmed: AsyncIterable<Skimmed>,
): AsyncGenerator<Block> {
  for await (const one of skimmed) {
    if (one.isSkipped) {
      const { isSkipped, rows, ...rest } = one;
      yield { ...rest, records: [], isParsed: false, census: () => rows };
      continue;
    }
    const extent = { index: one.index, offset: one.offset, end: one.offset + one.lengthBytes };
    yield* readChunks(source, extent, (bytes, place) => readBlock(bytes, place, header, null));
  }
}

type Waiting = { resolve(answer: readonly Skimmed[]): void; reject(reason: unknown): void };

/** A thread, and who waits for its answers. */
class Skimmer {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #failure: Error | null = null;

  constructor(task: SkimTask) {
    this.#worker = new Worker(new URL('./skim-thread.ts', import.meta.url), { workerData: task });
    this.#worker.on('message', (answer) => this.#waiting.shift()?.resolve(answer));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('messageerror', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`a reading thread ended too early (${code})`)));
  }

  ask(extent: Extent): Promise<readonly Skimmed[]> {
    const answer = new Promise<readonly Skimmed[]>((resolve, reject) => {
      if (this.#failure) reject(this.#failure);
      else this.#waiting.push({ resolve, reject });
    });
    // It may fail while others are waited for; whoever awaits it still sees the error.
    answer.catch(() => {});
    this.#worker.postMessage(extent);
    return answer;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

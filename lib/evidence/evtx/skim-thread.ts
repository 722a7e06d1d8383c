/** A thread that skims extents of a file: asked with Extent, it answers with what skim gives. */
import { read } from 'node:fs';
import { promisify } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import type { Extent } from '#lib/evidence/blocks.ts';
import type { ByteSource } from '#lib/evidence/record.ts';
import { createNeedleTest } from './needles.ts';
import { readHeader } from './reader.ts';
import { skim } from './skim.ts';

/** What the thread is begun with. */
export type SkimTask = {
  readonly fd: number;
  readonly sizeBytes: number;
  readonly needles: readonly string[];
};

const { fd, sizeBytes, needles }: SkimTask = workerData;
const readAt = promisify(read);
const source: ByteSource = {
  sizeBytes,
  read: async (target, targetOffset, length, offset) =>
    (await readAt(fd, target, targetOffset, length, offset)).bytesRead,
};
const mayMatch = createNeedleTest(needles);
if (!mayMatch) throw new Error('there is nothing to skim by');
const header = await readHeader(source);
let before: Promise<void> = Promise.resolve();
parentPort?.on('message', (extent: Extent) => {
  // One after the other, in the order in which they were asked for.
  before = before.then(async () => parentPort?.postMessage(await skim(source, extent, header, mayMatch)));
});

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Rows of a pull until they become evidence, in a file of the data folder: a pull may be larger than the memory. */
export class PullSegment {
  readonly #file: string;
  readonly #stream: WriteStream;
  sizeBytes = 0;
  rowCount = 0;

  private constructor(file: string) {
    this.#file = file;
    this.#stream = createWriteStream(file, { mode: 0o600 });
  }

  static async open(dataFolder: string): Promise<PullSegment> {
    const folder = path.join(dataFolder, 'pulls');
    await mkdir(folder, { recursive: true });
    return new PullSegment(path.join(folder, randomUUID()));
  }

  async add(rows: readonly string[]): Promise<void> {
    if (rows.length === 0) return;
    const bytes = Buffer.from(rows.map((row) => `${row}\n`).join(''));
    this.sizeBytes += bytes.length;
    this.rowCount += rows.length;
    if (!this.#stream.write(bytes)) await once(this.#stream, 'drain');
  }

  /** The rows as they stand on disk. Nothing can be added afterwards. */
  async read(): Promise<NodeJS.ReadableStream & AsyncIterable<Buffer>> {
    this.#stream.end();
    await once(this.#stream, 'close');
    return createReadStream(this.#file);
  }

  async drop(): Promise<void> {
    this.#stream.destroy();
    await rm(this.#file, { force: true });
  }
}

/** A pull that runs for longer than this has a newer segment. */
const STALE_MS = 86_400_000;

/** Removes what killed processes left. */
export async function dropStaleSegments(dataFolder: string, now = Date.now()): Promise<void> {
  const folder = path.join(dataFolder, 'pulls');
  for (const name of await readdir(folder).catch(() => [])) {
    const file = path.join(folder, name);
    const known = await stat(file).catch(() => null);
    if (known && now - known.mtimeMs > STALE_MS) await rm(file, { force: true });
  }
}

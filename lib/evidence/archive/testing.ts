/** Archives for tests, made as other programs make them. */
import { Readable } from 'node:stream';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter, type ZipWriterAddDataOptions } from '@zip.js/zip.js';
import { type Header, pack } from 'tar-stream';

export type TestFile = {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly zip?: ZipWriterAddDataOptions;
  readonly tar?: Partial<Header>;
};

export async function makeZip(files: readonly TestFile[]): Promise<Buffer> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const { path, bytes, zip } of files) await writer.add(path, new Uint8ArrayReader(bytes), zip ?? {});
  return Buffer.from(await writer.close());
}

export async function makeTar(files: readonly TestFile[]): Promise<Buffer> {
  const tar = pack();
  for (const { path, bytes, tar: header } of files) tar.entry({ name: path, ...header }, Buffer.from(bytes));
  tar.finalize();
  return Buffer.concat(await Readable.from(tar).toArray());
}

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { createGunzip } from 'node:zlib';
import { CollectorError } from './replies.ts';

/** Splunk's max_content_length. Counted as sent and as unpacked. */
export const BODY_MAX_BYTES = 838_860_800;

/**
 * The body as it comes in, unpacked. Throws CollectorError when it is too large, breaks off, or is not packed as it says.
 */
export async function* readBody(request: Request, maxBytes = BODY_MAX_BYTES): AsyncGenerator<Buffer> {
  const length = request.headers.get('content-length');
  if (length !== null && Number(length) > maxBytes) throw new CollectorError(27);
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? '';
  const received = withinLimit(chunksOf(request, length), maxBytes);
  if (encoding === '' || encoding === 'identity') yield* received;
  else if (encoding === 'gzip' || encoding === 'x-gzip') yield* withinLimit(unpack(received), maxBytes);
  else throw new CollectorError(6);
}

async function* chunksOf(request: Request, length: string | null): AsyncGenerator<Buffer> {
  let receivedBytes = 0;
  try {
    // The same streams under the names of the browser and of Node.
    const stream = request.body as NodeReadableStream<Uint8Array> | null;
    for await (const chunk of stream ?? []) {
      receivedBytes += chunk.byteLength;
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    }
  } catch {
    // The sender has gone; the reply is for tests and proxies.
    throw new CollectorError(6);
  }
  if (length !== null && receivedBytes !== Number(length)) throw new CollectorError(6);
}

async function* unpack(packed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  const fed = pipeline(Readable.from(packed), gunzip);
  // Its error comes out of the iteration too.
  fed.catch(() => undefined);
  try {
    for await (const chunk of gunzip) yield chunk;
    await fed;
  } catch (error) {
    throw error instanceof CollectorError ? error : new CollectorError(6);
  }
}

async function* withinLimit(chunks: AsyncGenerator<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw new CollectorError(27);
    yield chunk;
  }
}

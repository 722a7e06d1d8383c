import type { Readable } from 'node:stream';
import { AppError } from '#lib/errors.ts';
import type { DetectionFile } from './import.ts';

/** Reads an uploaded file as text, UTF-8 or what its byte order mark says. Throws AppError `too-large`. */
export async function readImportFile(
  name: string,
  content: Readable,
  budget: { bytesLeft: number },
): Promise<DetectionFile> {
  const chunks: Buffer[] = [];
  for await (const chunk of content as AsyncIterable<Buffer>) {
    budget.bytesLeft -= chunk.length;
    if (budget.bytesLeft < 0) {
      throw new AppError(
        'too-large',
        'Import at most 64 MiB at once; this file was left out. Send it by itself.',
      );
    }
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  return { name, text: new TextDecoder(encoding).decode(bytes) };
}

import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import busboy from 'busboy';
import { AppError, type ErrorCode } from '#lib/errors.ts';
import { errorInfo } from './problem.ts';

const FILES_MAX = 1_000;

export type FileError = {
  /** Null when the request broke off before a name was read. */
  readonly name: string | null;
  readonly code: ErrorCode;
  readonly detail: string;
};

export type TakenFiles<T> = { readonly items: readonly T[]; readonly errors: readonly FileError[] };

/**
 * Hands each file of a multipart request (RFC 7578) in the field `file` to `take`, with the other fields that stand before
 * it, one after the other and as it comes in, so that memory does not grow with the request. A file that fails does not stop the next one. Throws AppError when
 * no file was taken, with the reason of the first one.
 */
export async function takeFiles<T>(
  request: Request,
  take: (name: string, content: Readable, fields: ReadonlyMap<string, string>) => Promise<T>,
): Promise<TakenFiles<T>> {
  const parser = openParser(request);
  const items: T[] = [];
  const errors: FileError[] = [];
  const fail = (name: string | null, error: unknown): void => {
    const { code, message } = errorInfo(error);
    errors.push({ name, code, detail: message });
  };
  const fields = new Map<string, string>();
  let earlier = Promise.resolve();
  let hasFile = false;
  parser.on('field', (name, value) => {
    if (!hasFile) fields.set(name, value);
    else fail(null, new AppError('invalid-input', `Send “${name}” before the files; it was not used.`));
  });
  parser.on('file', (field, file, { filename = 'unnamed' }) => {
    hasFile = true;
    // Between the parser and the reader, because the parser waits for ever when its own stream is given up.
    const content = new PassThrough();
    // A request that breaks off fails both, perhaps before anybody reads.
    content.on('error', () => undefined);
    file.on('error', (error) => content.destroy(error));
    file.pipe(content);
    earlier = earlier.then(async () => {
      try {
        if (field !== 'file') {
          throw new AppError('invalid-input', `Send “${filename}” in the field “file”, not in “${field}”.`);
        }
        items.push(await take(filename, content, fields));
      } catch (error) {
        fail(filename, file.errored && !(error instanceof AppError) ? brokenOff(filename) : error);
      } finally {
        file.unpipe(content).resume();
      }
    });
  });
  parser.on('filesLimit', () =>
    fail(
      null,
      new AppError('too-large', `Send at most ${FILES_MAX} files at once; those after them were not kept.`),
    ),
  );
  const isComplete = await pipeline(bodyOf(request), parser).then(
    () => true,
    () => false,
  );
  await earlier;
  if (!isComplete && errors.length === 0) fail(null, brokenOff(null));
  const [first] = errors;
  if (items.length > 0) return { items, errors };
  if (first) throw new AppError(first.code, first.detail, { errors });
  throw new AppError('invalid-input', 'Send at least one file, in the field “file”.');
}

function openParser(request: Request): busboy.Busboy {
  try {
    return busboy({
      headers: { 'content-type': request.headers.get('content-type') ?? '' },
      defParamCharset: 'utf8',
      limits: { files: FILES_MAX, fields: 20, fieldSize: 1_024 },
    });
  } catch {
    throw new AppError(
      'invalid-input',
      'Send files as multipart/form-data in the field “file”, for example with curl -F file=@Security.evtx.',
    );
  }
}

function bodyOf(request: Request): Readable {
  // The same streams under the names of the browser and of Node.
  return request.body ? Readable.fromWeb(request.body as NodeReadableStream<Uint8Array>) : Readable.from([]);
}

function brokenOff(name: string | null): AppError {
  return new AppError(
    'invalid-input',
    name === null
      ? 'The upload broke off; what is not listed as kept was not kept. Send it again.'
      : `The upload of “${name}” broke off and nothing of it was kept. Send it again.`,
  );
}

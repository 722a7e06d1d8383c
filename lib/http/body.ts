import { AppError } from '#lib/errors.ts';

export const BODY_MAX_BYTES = 1024 * 1024;

/** The JSON body of a request; no more of it is read than may be. Throws AppError `invalid-input` or `too-large`. */
export async function readJson(request: Request): Promise<unknown> {
  // Other types are what forms of other sites can send without being asked (Fetch standard, CORS-safelisted).
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new AppError(
      'invalid-input',
      'Send the body as JSON, with the header Content-Type: application/json.',
    );
  }
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > BODY_MAX_BYTES) throw new AppError('too-large', 'The body is longer than 1 MiB.');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new AppError('invalid-input', 'The body is not JSON.');
  }
}

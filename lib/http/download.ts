import { Readable } from 'node:stream';
import { API_HEADERS } from './headers.ts';

/** A file to keep, never to show: what is in evidence must not run in a browser. */
export function downloadAnswer(file: {
  readonly name: string;
  readonly sha256: string;
  readonly content: Readable;
}): Response {
  // The same streams under the names of Node and of the browser.
  return new Response(Readable.toWeb(file.content) as ReadableStream<Uint8Array>, {
    headers: {
      ...API_HEADERS,
      'content-type': 'application/octet-stream',
      'content-disposition': attachment(file.name),
      // RFC 9530; whoever takes evidence can check that all of it came.
      'repr-digest': `sha-256=:${Buffer.from(file.sha256, 'hex').toString('base64')}:`,
    },
  });
}

/** A text of our own to keep. */
export function textDownload(name: string, text: string, contentType: string): Response {
  return new Response(text, {
    headers: {
      ...API_HEADERS,
      'content-type': `${contentType}; charset=utf-8`,
      'content-disposition': attachment(name),
    },
  });
}

/**
 * Content-Disposition of a download (RFC 6266): an ASCII name for old programs, and the whole name as RFC 8187 writes it.
 * Control and direction characters become `_`, so that a name cannot pretend to be another.
 */
export function attachment(name: string): string {
  const shown = name.replace(/[\p{C}\p{Zl}\p{Zp}/\\]/gu, '_');
  const ascii = shown.replace(/[^\x20-\x7e]|["%]/gu, '_');
  const encoded = encodeURIComponent(shown).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

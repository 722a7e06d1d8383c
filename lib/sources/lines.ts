import type { Response } from 'undici';
import { SourceError } from './types.ts';

/** One row of a SIEM is not longer than this; what is, is no row. */
const LINE_MAX = 64 * 1024 * 1024;

/** Lines of an answer as they come, without their ends and without empty ones. Throws SourceError when it breaks off. */
export async function* linesOf(answer: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of answer.body ?? []) {
      const text = rest + decoder.decode(chunk as Uint8Array, { stream: true });
      const lines = text.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_MAX)
        throw new SourceError('schema', 'The source sent a row of more than 64 MB.');
      for (const line of lines) if (line.trim() !== '') yield line.trimEnd();
    }
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError('cut', 'The connection to the source broke off in the middle of an answer.', {
      remedy: 'The next pull goes on from what was kept.',
    });
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield rest;
}

/** Throws SourceError `schema` for what is no JSON. */
export async function jsonOf(answer: Response): Promise<unknown> {
  const text = await answer.text().catch(() => {
    throw new SourceError('cut', 'The connection to the source broke off in the middle of an answer.');
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new SourceError('schema', `The source answers with something that is no JSON: ${printable(text)}`, {
      remedy: 'Check that the address is that of the API and not of a web page or a proxy.',
    });
  }
}

const SHOWN = 80;
/** The beginning of a foreign text, on one line. */
export function printable(text: string): string {
  const line = text
    .slice(0, SHOWN * 4)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}

/** Shows where a search is wrong: its line with a caret under the place. */
import type { SplError } from './types.ts';

const WIDTH = 100;
const MARGIN = 30;

/** Control characters and the like, which would move the caret. */
const visible = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');

/** Lines for a terminal: the line of the search (cut around the place when it is long), the caret, the message. */
export function describePlace(error: Pick<SplError, 'message' | 'from' | 'to'>, text: string): string {
  const from = Math.min(error.from, text.length);
  const lineStart = text.lastIndexOf('\n', from - 1) + 1;
  const newline = text.indexOf('\n', from);
  const line = text.slice(lineStart, newline < 0 ? text.length : newline);
  const column = from - lineStart;
  const cut = line.length <= WIDTH ? 0 : Math.max(0, column - MARGIN);
  const shown = `${cut > 0 ? '…' : ''}${visible(line.slice(cut, cut + WIDTH))}${line.length > cut + WIDTH ? '…' : ''}`;
  const indent = column - cut + (cut > 0 ? 1 : 0);
  const length = Math.max(1, Math.min(error.to, lineStart + line.length) - from, 1);
  const carets = '^'.repeat(Math.max(1, Math.min(length, shown.length - indent)));
  return `${shown}\n${' '.repeat(indent)}${carets}\n${error.message}\n`;
}

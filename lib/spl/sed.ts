/** `rex mode=sed`: `s/PATTERN/REPLACEMENT/FLAGS` and `y/FROM/TO/`, as Splunk's search reference, "rex", describes. */
import { explainRegexError, replaceRegex } from './regex.ts';

type SedScript = (text: string) => string | null;

/** Splits at the delimiter where no backslash stands before it. */
function splitScript(script: string): string[] | null {
  const delimiter = script[1];
  if (delimiter === undefined || delimiter === '\\' || /[\sA-Za-z0-9]/.test(delimiter)) return null;
  const parts = [''];
  for (let index = 2; index < script.length; index++) {
    const char = script[index] ?? '';
    if (char === '\\' && script[index + 1] === delimiter) {
      parts.push((parts.pop() ?? '') + delimiter);
      index++;
    } else if (char === '\\') {
      parts.push((parts.pop() ?? '') + char + (script[index + 1] ?? ''));
      index++;
    } else if (char === delimiter) parts.push('');
    else parts.push((parts.pop() ?? '') + char);
  }
  return parts;
}

/** Reads a script to what it does to a text (null: the result would be too long); a text says what is wrong with it. */
export function readSedScript(script: string): SedScript | string {
  const usage = 'Write "s/PATTERN/REPLACEMENT/g" or "y/abc/xyz/".';
  const parts = splitScript(script);
  if (parts?.length !== 3) return usage;
  const [from = '', to = '', flags = ''] = parts;
  if (script[0] === 'y') {
    const source = [...from];
    const target = [...to];
    if (flags !== '' || source.length !== target.length) return 'Both sides of y/…/…/ must be of one length.';
    const table = new Map(source.map((char, index) => [char, target[index] ?? '']));
    return (text) => [...text].map((char) => table.get(char) ?? char).join('');
  }
  if (script[0] !== 's') return usage;
  if (!/^(g|\d{1,4})?$/.test(flags)) return 'After the replacement may stand g, or the number of the match.';
  const reason = explainRegexError(from);
  if (reason !== null) return `The regular expression cannot be used: ${reason}.`;
  const which = flags === 'g' ? 'all' : Number(flags || '1');
  if (which === 0) return 'Matches are counted from 1.';
  return (text) => replaceRegex(text, from, to, which);
}

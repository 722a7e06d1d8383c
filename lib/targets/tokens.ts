/**
 * Words of a PowerShell script or a Windows command line, as far as naming a host needs them. One pass over the text,
 * no backtracking, nothing kept.
 */
export type Token = {
  /** `mark` is one of `, = += + ( ) @ end`, where `end` ends a command: a new line or one of `; | & { }`. */
  readonly kind: 'word' | 'text' | 'variable' | 'mark';
  /** What it says: without quotes and escapes; a variable's name in lower case. */
  readonly value: string;
  /** Nothing stands between it and the token before. */
  readonly isGlued: boolean;
};

const ENDS = ';|&{}\r\n';
const MARKS = ',=()@+';
const SPACE = ' \t\u00a0\f\v';
const QUOTES = '\'"\u2018\u2019\u201c\u201d';

export function* tokensOf(text: string): Generator<Token, void> {
  let at = 0;
  let isGlued = false;
  const token = (kind: Token['kind'], value: string): Token => {
    const made = { kind, value, isGlued };
    isGlued = true;
    return made;
  };
  while (at < text.length) {
    const char = text.charAt(at);
    if (SPACE.includes(char)) {
      at += 1;
      isGlued = false;
    } else if (char === '`' && '\r\n'.includes(text.charAt(at + 1))) {
      // A backtick at the end of a line goes on with the command.
      at += text.startsWith('\r\n', at + 1) ? 3 : 2;
      isGlued = false;
    } else if (text.startsWith('<#', at)) {
      at = endOf(text, '#>', at + 2);
      isGlued = false;
    } else if (char === '#' && !isGlued) {
      at = endOfLine(text, at);
    } else if (ENDS.includes(char)) {
      at += 1;
      yield token('mark', 'end');
      isGlued = false;
    } else if (text.startsWith('+=', at)) {
      at += 2;
      yield token('mark', '+=');
    } else if (MARKS.includes(char)) {
      at += 1;
      yield token('mark', char);
    } else if (QUOTES.includes(char)) {
      const [value, next] = quoted(text, at);
      at = next;
      yield token('text', value);
    } else if (char === '$') {
      const [name, next] = variableAt(text, at);
      at = next;
      yield name === '' ? token('word', '$') : token('variable', name);
    } else {
      const [value, next] = wordAt(text, at);
      at = next;
      yield token('word', value);
    }
  }
}

/** A quotation mark is doubled inside its own kind; in double quotes a backtick takes the next character as it is. */
function quoted(text: string, from: number): [value: string, next: number] {
  const isSingle = "'\u2018\u2019".includes(text.charAt(from));
  const closing = isSingle ? "'\u2018\u2019" : '"\u201c\u201d';
  const parts: string[] = [];
  let start = from + 1;
  let at = start;
  while (at < text.length) {
    const char = text.charAt(at);
    if (closing.includes(char)) {
      if (!closing.includes(text.charAt(at + 1)) || at + 1 >= text.length) break;
      parts.push(text.slice(start, at + 1));
      at += 2;
      start = at;
    } else if (char === '`' && !isSingle) {
      parts.push(text.slice(start, at), text.charAt(at + 1));
      at += 2;
      start = at;
    } else {
      at += 1;
    }
  }
  parts.push(text.slice(start, at));
  return [parts.join(''), at + 1];
}

/** `$name`, `$env:NAME` or `${name}`; a member or an index behind it makes its value unknown, which `?` says. */
export function variableAt(text: string, from: number): [name: string, next: number] {
  const isBraced = text.charAt(from + 1) === '{';
  const start = from + (isBraced ? 2 : 1);
  let at = start;
  while (at < text.length && isNameChar(text.charCodeAt(at))) at += 1;
  const name = text.slice(start, at).toLowerCase();
  if (isBraced && text.charAt(at) === '}') at += 1;
  const isMember =
    text.charAt(at) === '[' || (text.charAt(at) === '.' && isNameChar(text.charCodeAt(at + 1)));
  return [isMember ? `${name}?` : name, at];
}

/** A word ends before a space, a mark, a quotation mark or a variable, and behind a closing bracket: `[wmiclass]`. */
function wordAt(text: string, from: number): [value: string, next: number] {
  let at = from;
  while (at < text.length) {
    const char = text.charAt(at);
    if (SPACE.includes(char) || ENDS.includes(char) || MARKS.includes(char) || QUOTES.includes(char)) break;
    if (char === '$' && at > from) break;
    if (char === '`' && '\r\n'.includes(text.charAt(at + 1))) break;
    at += char === '`' ? 2 : 1;
    if (char === ']') break;
  }
  return [text.slice(from, at).replaceAll('`', ''), Math.min(at, text.length)];
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}

function endOfLine(text: string, from: number): number {
  let at = from;
  while (at < text.length && !'\r\n'.includes(text.charAt(at))) at += 1;
  return at;
}

function isNameChar(code: number): boolean {
  return (
    (code >= 48 && code <= 58) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122)
  );
}

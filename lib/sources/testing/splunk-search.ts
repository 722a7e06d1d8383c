/**
 * Evaluates the searches that tests send to the Splunk server of tests: words, brackets, AND (also unsaid), OR, NOT and
 * index=, over the raw text cut into segments as Splunk does ("About event segmentation", Getting Data In: major breakers
 * part an event, minor breakers part the pieces again). Shares nothing with lib/spl, so that a mistake there is not made here.
 */

const MAJOR =
  /[[\]<>(){}|!;,'"*\s&?+]|%21|%26|%2526|%3B|%7C|%20|%2B|%3D|--|%2520|%5D|%5B|%3A|%0A|%2C|%28|%29/;
const MINOR = /[/:=@.\-$#%\\_]/;

export type Stored = {
  readonly raw: string;
  readonly index: string;
};

type Node =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Node[] }
  | { readonly kind: 'not'; readonly operand: Node }
  | { readonly kind: 'word'; readonly pattern: RegExp }
  | { readonly kind: 'index'; readonly names: readonly RegExp[] };

/** Throws for anything else than it knows, as a server refuses a search. */
export function compileTestSearch(search: string): (event: Stored) => boolean {
  const text = search.replace(/^\s*search\s+/, '');
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[()]|,|[^\s(),"]+(?:"(?:[^"\\]|\\.)*")?/g) ?? [];
  let at = 0;
  const peek = (): string | undefined => tokens[at];
  const expect = (token: string): void => {
    if (tokens[at] !== token)
      throw new Error(`Error in 'search' command: expected ${token} at ${tokens[at]}`);
    at += 1;
  };
  const names = (): string[] => {
    const found: string[] = [];
    expect('(');
    for (;;) {
      found.push(unquoted(tokens[at++] ?? ''));
      if (peek() !== ',') break;
      at += 1;
    }
    expect(')');
    return found;
  };
  // OR binds tighter than AND.
  const both = (): Node => {
    const operands = [either()];
    while (peek() !== undefined && peek() !== ')') {
      if (peek() === 'AND') at += 1;
      operands.push(either());
    }
    return operands.length === 1 && operands[0] ? operands[0] : { kind: 'and', operands };
  };
  const either = (): Node => {
    const operands = [single()];
    while (peek() === 'OR') {
      at += 1;
      operands.push(single());
    }
    return operands.length === 1 && operands[0] ? operands[0] : { kind: 'or', operands };
  };
  const single = (): Node => {
    const token = tokens[at++];
    if (token === undefined) throw new Error('the search ends too early');
    if (token === 'NOT') return { kind: 'not', operand: single() };
    if (token === '(') {
      const inner = both();
      expect(')');
      return inner;
    }
    if (token === 'index' && peek() === 'IN') {
      at += 1;
      return { kind: 'index', names: names().map(wildcard) };
    }
    const index = /^index=(.+)$/.exec(token)?.[1];
    if (index !== undefined) return { kind: 'index', names: [wildcard(unquoted(index))] };
    if (/[=<>|`[\]]/.test(token)) throw new Error(`the server of tests does not know ${token}`);
    return { kind: 'word', pattern: wildcard(unquoted(token)) };
  };
  const root = both();
  if (at < tokens.length) throw new Error(`unbalanced parentheses at ${tokens[at]}`);
  return (event) => {
    const segments = segmentsOf(event.raw);
    return holds(root, event, segments);
  };
}

function holds(node: Node, event: Stored, segments: ReadonlySet<string>): boolean {
  switch (node.kind) {
    case 'and':
      return node.operands.every((operand) => holds(operand, event, segments));
    case 'or':
      return node.operands.some((operand) => holds(operand, event, segments));
    case 'not':
      return !holds(node.operand, event, segments);
    case 'index':
      return node.names.some((name) => name.test(event.index));
    case 'word':
      for (const segment of segments) if (node.pattern.test(segment)) return true;
      return false;
  }
}

const unquoted = (text: string): string =>
  text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;

function wildcard(text: string): RegExp {
  const source = text
    .split('*')
    .map((piece) => piece.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 'is');
}

/** Pieces between major breakers, and of each what lies between its minor breakers. */
export function segmentsOf(raw: string): ReadonlySet<string> {
  const segments = new Set<string>();
  for (const piece of raw.split(new RegExp(MAJOR, 'g'))) {
    if (piece === '') continue;
    segments.add(piece.toLowerCase());
    for (const part of piece.split(new RegExp(MINOR, 'g'))) if (part !== '') segments.add(part.toLowerCase());
  }
  return segments;
}

/** Values inside JSON and XML texts, under the names that spath and xmlkv give them (Splunk's search reference, "spath"). */
import { SaxesParser } from 'saxes';

const MAX_VALUES = 10_000;
const MAX_DEPTH = 200;

/** One value and where it stands: names of the way to it, with the number among its equals at each step. */
type Leaf = { readonly path: readonly Step[]; readonly value: string };
/** `[]` is an element of a JSON array, `@name` an attribute. */
type Step = { readonly name: string; readonly number: number };

function* leavesOfJson(value: unknown, path: readonly Step[]): Generator<Leaf> {
  if (path.length > MAX_DEPTH || value === null || value === undefined) return;
  if (Array.isArray(value)) {
    for (const [number, item] of value.entries()) {
      yield* leavesOfJson(item, [...path, { name: '[]', number }]);
    }
  } else if (typeof value === 'object') {
    for (const [name, item] of Object.entries(value)) {
      yield* leavesOfJson(item, [...path, { name, number: 0 }]);
    }
  } else yield { path, value: String(value) };
}

function leavesOfXml(text: string): readonly Leaf[] {
  const leaves: Leaf[] = [];
  type Open = {
    readonly path: readonly Step[];
    readonly counts: Map<string, number>;
    text: string;
    hasChild: boolean;
  };
  const open: Open[] = [{ path: [], counts: new Map(), text: '', hasChild: false }];
  const parser = new SaxesParser({ fragment: true });
  let isDone = false;
  const add = (leaf: Leaf): void => {
    if (leaves.length < MAX_VALUES) leaves.push(leaf);
    else isDone = true;
  };
  parser.on('error', () => {
    isDone = true;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const parent = open.at(-1);
    if (isDone || parent === undefined || open.length > MAX_DEPTH) {
      isDone = true;
      return;
    }
    const number = (parent.counts.get(name) ?? 0) + 1;
    parent.counts.set(name, number);
    parent.hasChild = true;
    const path = [...parent.path, { name, number }];
    for (const [attribute, value] of Object.entries(attributes)) {
      add({ path: [...path, { name: `@${attribute}`, number: 0 }], value: String(value) });
    }
    open.push({ path, counts: new Map(), text: '', hasChild: false });
  });
  const addText = (chunk: string): void => {
    const current = open.at(-1);
    if (!isDone && current !== undefined) current.text += chunk;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const closed = isDone || open.length < 2 ? undefined : open.pop();
    if (closed !== undefined && !closed.hasChild && closed.text.trim() !== '') {
      add({ path: closed.path, value: closed.text.trim() });
    }
  });
  try {
    parser.write(text).close();
  } catch {
    // What was read before the mistake counts.
  }
  return leaves;
}

function leavesOf(text: string): readonly Leaf[] {
  const start = text.trimStart();
  if (start.startsWith('<')) return leavesOfXml(start);
  if (!start.startsWith('{') && !start.startsWith('[')) return [];
  const leaves: Leaf[] = [];
  try {
    for (const leaf of leavesOfJson(JSON.parse(text), [])) {
      if (leaves.length >= MAX_VALUES) break;
      leaves.push(leaf);
    }
  } catch {
    // No JSON: there is nothing to find.
  }
  return leaves;
}

/** `a.b{}.c` for elements of arrays, `a{@b}` for attributes. */
function nameOf(path: readonly Step[]): string {
  let name = '';
  for (const step of path) {
    if (step.name === '[]') name += '{}';
    else if (step.name.startsWith('@')) name += `{${step.name}}`;
    else name += name === '' ? step.name : `.${step.name}`;
  }
  return name;
}

/** A path as it is asked for: `a.b{}.c{2}`; null stands for any number. */
type AskedStep = { readonly name: string; readonly number: number | null };

function readAsked(path: string): readonly AskedStep[] {
  const steps: AskedStep[] = [];
  for (const part of path.split('.')) {
    const [, name = '', braces = ''] = /^([^{]*)(.*)$/s.exec(part) ?? [];
    if (name !== '') steps.push({ name, number: null });
    for (const [, inside = ''] of braces.matchAll(/\{([^}]*)\}/g)) {
      if (inside.startsWith('@')) steps.push({ name: inside, number: null });
      else steps.push({ name: '[]', number: /^\d+$/.test(inside) ? Number(inside) : null });
    }
  }
  return steps;
}

function isAsked(path: readonly Step[], asked: readonly AskedStep[]): boolean {
  let at = 0;
  for (const step of path) {
    const want = asked[at];
    if (want === undefined || want.name !== step.name) return false;
    if (want.name === '[]' && want.number !== null && want.number !== step.number) return false;
    at++;
    // In XML braces choose among elements of one name, counted from 1.
    const index = asked[at];
    if (step.name !== '[]' && step.number > 0 && index?.name === '[]') {
      if (index.number !== null && index.number !== step.number) return false;
      at++;
    }
  }
  return at === asked.length;
}

/** All values of the text by name, or, with a path, those at it under the path's own name. */
export function readPath(text: string, path: string | null): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const asked = path === null ? null : readAsked(path);
  for (const leaf of leavesOf(text)) {
    if (asked !== null && !isAsked(leaf.path, asked)) continue;
    const name = path ?? nameOf(leaf.path);
    const known = found.get(name);
    if (known === undefined) found.set(name, [leaf.value]);
    else known.push(leaf.value);
  }
  return found;
}

/** `<name …>value</name>` pairs anywhere in the text; of one name the last counts. */
export function readXmlPairs(text: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  let position = 0;
  while (pairs.size < MAX_VALUES) {
    const open = text.indexOf('<', position);
    if (open < 0) break;
    const end = text.indexOf('>', open);
    if (end < 0) break;
    position = end + 1;
    const name = /^[A-Za-z_][\w:.-]*/.exec(text.slice(open + 1, Math.min(end, open + 200)))?.[0];
    if (name === undefined || text[end - 1] === '/') continue;
    const next = text.indexOf('<', position);
    if (next < 0 || !text.startsWith(`</${name}`, next)) continue;
    pairs.set(name, text.slice(position, next));
  }
  return pairs;
}

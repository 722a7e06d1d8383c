/**
 * What the mapping of the indexes allows to be asked (Elasticsearch, "Mapping": field data types, multi-fields, ignore_above,
 * normalizer, analyzer; the same in OpenSearch). One index may map a field otherwise than the next; a query goes to all.
 */
import { ALL_FIELDS, EVENT_TIME, INGESTED } from './layouts.ts';

/**
 * How a field can be searched.
 * `exact`: its whole value, by pattern. `words`: its words of letters and digits, each by pattern. `number`: by number.
 * `exists`: only whether it is there. `none`: not at all; the documents of its indexes are all taken.
 */
export type FieldUse = {
  readonly field: string;
  readonly how: 'exact' | 'words' | 'number' | 'exists' | 'none';
  readonly indexes: readonly string[];
  /** Other indexes keep the field otherwise, and refuse to be asked in this way. */
  readonly isMixed: boolean;
};

export type Mapped = {
  readonly indexes: readonly string[];
  /** By the field's name in the document; a use may name a field of its own below it. */
  readonly uses: ReadonlyMap<string, readonly FieldUse[]>;
  /** Indexes without event.ingested, and without @timestamp. */
  readonly withoutIngested: readonly string[];
  readonly withoutTime: readonly string[];
};

type Node = Readonly<Record<string, unknown>>;

/** @param answer of GET /{indexes}: settings and mappings of each index */
export function readMapping(answer: Readonly<Record<string, unknown>>): Mapped {
  const found = new Map<string, Map<string, { use: Pick<FieldUse, 'field' | 'how'>; indexes: string[] }>>();
  const indexes = Object.keys(answer).sort();
  const without = new Map<string, string[]>([
    [INGESTED, []],
    [EVENT_TIME, []],
  ]);
  for (const index of indexes) {
    const { mappings, settings } = nodeOf(answer[index]);
    const analysis = nodeOf(at(settings, ['index', 'analysis']));
    for (const field of ALL_FIELDS) {
      const use = bestUse(nodeOf(mappings), field, analysis);
      if (use === null) {
        without.get(field)?.push(index);
        continue;
      }
      const uses = found.get(field) ?? new Map();
      found.set(field, uses);
      const key = `${use.field} ${use.how}`;
      const same = uses.get(key) ?? { use, indexes: [] };
      same.indexes.push(index);
      uses.set(key, same);
    }
  }
  return {
    indexes,
    uses: new Map(
      [...found].map(([field, uses]) => [
        field,
        [...uses.values()].map((one) => ({ ...one.use, indexes: one.indexes, isMixed: uses.size > 1 })),
      ]),
    ),
    withoutIngested: without.get(INGESTED) ?? [],
    withoutTime: without.get(EVENT_TIME) ?? [],
  };
}

/** Types whose values are kept whole, and for which Lucene runs patterns. */
const WHOLE = new Set(['keyword', 'constant_keyword', 'wildcard']);
const WORDS = new Set(['text', 'match_only_text']);
const NUMBERS = new Set(['long', 'integer', 'short', 'unsigned_long']);
const FLATTENED = new Set(['flattened', 'flat_object']);
/** Best first: a long value stands whole in a wildcard field and in its words, but a keyword may leave it out. */
const RANK: readonly string[] = ['wildcard exact', 'words', 'exact', 'number', 'exists', 'none'];

function bestUse(mappings: Node, path: string, analysis: Node): Pick<FieldUse, 'field' | 'how'> | null {
  const node = nodeAt(mappings, path.split('.'));
  if (node === null) return null;
  const variants = [
    [path, node] as const,
    ...Object.entries(nodeOf(node.fields)).map(
      ([name, inner]) => [`${path}.${name}`, nodeOf(inner)] as const,
    ),
  ].map(([field, one]) => ({ field, how: howOf(one, analysis), type: String(one.type) }));
  const rank = ({ how, type }: (typeof variants)[number]) =>
    RANK.indexOf(type === 'wildcard' ? `wildcard ${how}` : how);
  const [best] = variants.sort((a, b) => rank(a) - rank(b));
  return best ? { field: best.field, how: best.how } : null;
}

/** The field's own mapping, or that of a parent which takes all below it. */
function nodeAt(mappings: Node, path: readonly string[]): Node | null {
  let node: Node = mappings;
  for (const [depth, key] of path.entries()) {
    const children = nodeOf(node.properties);
    // A name with dots may stand as it is where subobjects are off.
    const rest = path.slice(depth).join('.');
    if (Object.hasOwn(children, rest)) return nodeOf(children[rest]);
    if (!Object.hasOwn(children, key)) return null;
    node = nodeOf(children[key]);
    if (FLATTENED.has(String(node.type)) || node.enabled === false || node.enabled === 'false') return node;
  }
  return node.properties === undefined ? node : null;
}

function howOf(node: Node, analysis: Node): FieldUse['how'] {
  const type = String(node.type);
  if (node.enabled === false || node.enabled === 'false') return 'none';
  if (FLATTENED.has(type)) return 'exists';
  if (isOff(node.index) && !(WHOLE.has(type) && !isOff(node.doc_values))) return 'none';
  if (WHOLE.has(type))
    return node.normalizer === undefined || node.normalizer === 'lowercase' ? 'exact' : 'exists';
  if (WORDS.has(type)) return keepsWords(String(node.analyzer ?? 'default'), analysis) ? 'words' : 'exists';
  return NUMBERS.has(type) ? 'number' : 'exists';
}

const isOff = (value: unknown): boolean => value === false || value === 'false';

/** Patterns at which pattern analyzers cut that leave letters and digits together; the last is that of Elastic's PowerShell. */
const CUTS_BETWEEN_WORDS = new Set(['\\W+', '\\s+', '[\\W&&[^-]]+']);

/** Whether every run of ASCII letters and digits stays whole within a word: not so where words are stemmed or left out. */
function keepsWords(analyzer: string, analysis: Node): boolean {
  const own = at(analysis, ['analyzer', analyzer]);
  if (own === undefined)
    return ['default', 'standard', 'whitespace', 'keyword', 'pattern'].includes(analyzer);
  const { type, pattern, stopwords, max_token_length: longest, tokenizer, filter } = nodeOf(own);
  if (longest !== undefined || (stopwords !== undefined && stopwords !== '_none_')) return false;
  if (type === 'standard') return true;
  if (type === 'pattern') return CUTS_BETWEEN_WORDS.has(String(pattern ?? '\\W+'));
  const filters = [filter ?? []].flat();
  return (
    (type === undefined || type === 'custom') &&
    ['standard', 'whitespace', 'keyword'].includes(String(tokenizer)) &&
    at(own, ['char_filter']) === undefined &&
    filters.every((name) => name === 'lowercase')
  );
}

const nodeOf = (value: unknown): Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : {};

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, key) => {
    const own = nodeOf(node);
    return Object.hasOwn(own, key) ? own[key] : undefined;
  }, value);
}

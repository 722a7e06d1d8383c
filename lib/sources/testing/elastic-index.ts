/**
 * Documents as an index of Elasticsearch keeps them for searching, and queries of them, for tests. By the reference's pages
 * on field data types (keyword with ignore_above, wildcard, text and match_only_text, long, date), multi-fields, analyzers
 * (standard: words by UAX #29 of at most 255 characters; pattern), `_ignored`, and the queries term, terms, wildcard, regexp,
 * exists, range and bool. Shares nothing with the compiler or lib/spl, so that a mistake there is not made here.
 */

type Json = Readonly<Record<string, unknown>>;
export type IndexSetup = { readonly mappings: Json; readonly settings?: Json };
export type Document = { readonly index: string; readonly id: string; readonly source: Json };

export type Indexed = Document & {
  /** What each field can be found by. */
  readonly terms: ReadonlyMap<string, readonly (string | number)[]>;
  readonly ignored: readonly string[];
  /** Fields of which its index refuses patterns: numbers, and what is not indexed. */
  readonly refused: ReadonlySet<string>;
};

export function indexDocument(
  document: Document,
  { mappings, settings }: IndexSetup,
  product: string,
): Indexed {
  const terms = new Map<string, (string | number)[]>();
  const ignored = new Set<string>();
  const put = (field: string, mapping: Json, value: unknown): void => {
    for (const [name, inner] of Object.entries((mapping.fields ?? {}) as Record<string, Json>))
      put(`${field}.${name}`, inner, value);
    if (mapping.index === false) return;
    const kept = terms.get(field) ?? [];
    terms.set(field, kept);
    switch (mapping.type) {
      case 'keyword':
      case 'wildcard': {
        const text = mapping.normalizer === 'lowercase' ? String(value).toLowerCase() : String(value);
        if (text.length <= Number(mapping.ignore_above ?? Number.POSITIVE_INFINITY)) kept.push(text);
        // OpenSearch leaves it out without a mark.
        else if (product === 'elasticsearch') ignored.add(field);
        break;
      }
      case 'text':
      case 'match_only_text':
        kept.push(...wordsOf(String(value), mapping.analyzer as string | undefined, settings));
        break;
      case 'long':
        kept.push(Number(value));
        break;
      case 'date':
        kept.push(Date.parse(String(value)));
        break;
      default:
        throw new Error(`the server of tests does not know the type ${String(mapping.type)}`);
    }
    if (kept.length === 0) terms.delete(field);
  };
  const refused = new Set(
    Object.entries(leavesOf(mappings)).flatMap(([field, { type, index }]) =>
      index === false || type === 'long' ? [field] : [],
    ),
  );
  const walk = (mapping: Json, value: unknown, path: string): void => {
    if (value === null || value === undefined) return;
    if (mapping.properties === undefined) {
      for (const one of [value].flat()) put(path, mapping, one);
      return;
    }
    for (const one of [value].flat())
      for (const [key, inner] of Object.entries(one as Json)) {
        const own = (mapping.properties as Record<string, Json>)[key];
        if (own) walk(own, inner, path === '' ? key : `${path}.${key}`);
      }
  };
  walk(mappings, document.source, '');
  return { ...document, terms, ignored: [...ignored], refused };
}

function leavesOf(mapping: Json, path = ''): Record<string, Json> {
  if (mapping.properties === undefined) return path === '' ? {} : { [path]: mapping };
  return Object.assign(
    {},
    ...Object.entries(mapping.properties as Record<string, Json>).map(([key, inner]) =>
      leavesOf(inner, path === '' ? key : `${path}.${key}`),
    ),
  );
}

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

function wordsOf(text: string, analyzer: string | undefined, settings: Json | undefined): string[] {
  const own = (settings as { index?: { analysis?: { analyzer?: Record<string, Json> } } } | undefined)?.index
    ?.analysis?.analyzer?.[analyzer ?? ''];
  if (own?.type === 'pattern') {
    // Java's intersection of classes, as Elastic's PowerShell integration writes it.
    const pattern = own.pattern === '[\\W&&[^-]]+' ? /[^\w-]+/ : new RegExp(String(own.pattern));
    return text
      .toLowerCase()
      .split(pattern)
      .filter((word) => word !== '');
  }
  if (own?.type === 'english')
    return [...new Set(text.toLowerCase().match(/\w+/g))].map((word) => word.replace(/(ation|ed|s)$/, ''));
  if (analyzer !== undefined) throw new Error(`the server of tests does not know the analyzer ${analyzer}`);
  return [...segmenter.segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .flatMap(({ segment }) => segment.toLowerCase().match(/.{1,255}/gsu) ?? []);
}

/** Throws for what a cluster refuses, and for what it does not know. */
export function compileTestQuery(query: Json): (document: Indexed) => boolean {
  const [name = '', body] = Object.entries(query)[0] ?? [];
  if (Object.keys(query).length !== 1) throw new Error(`[${name}] malformed query, expected one clause`);
  const clause = body as Json;
  switch (name) {
    case 'match_all':
      return () => true;
    case 'bool':
      return bool(clause);
    case 'exists':
      return ({ terms }) => terms.has(String(clause.field));
    case 'terms': {
      const [field = '', values] = Object.entries(clause)[0] ?? [];
      const wanted = new Set((values as unknown[]).map(String));
      return (document) => valuesOf(document, field).some((value) => wanted.has(String(value)));
    }
    case 'term':
    case 'wildcard':
    case 'regexp': {
      const [field = '', options] = Object.entries(clause)[0] ?? [];
      const { value, case_insensitive: isLoose } = options as Json;
      const pattern = patternOf(name, String(value), isLoose === true);
      return (document) => {
        if (document.refused.has(field) && (name !== 'term' || isLoose === true))
          throw new Error(
            `Can only use ${name} queries on keyword, text and wildcard fields - not on [${field}]`,
          );
        return valuesOf(document, field).some((one) => pattern.test(String(one)));
      };
    }
    case 'range': {
      const [field = '', options] = Object.entries(clause)[0] ?? [];
      const { gte, lt } = options as Json;
      const [from, to] = [timeOf(gte, Number.NEGATIVE_INFINITY), timeOf(lt, Number.POSITIVE_INFINITY)];
      return (document) =>
        valuesOf(document, field).some((value) => Number(value) >= from && Number(value) < to);
    }
    default:
      throw new Error(`unknown query [${name}]`);
  }
}

function bool({ filter, must, should, must_not: mustNot, minimum_should_match: least, ...rest }: Json) {
  if (Object.keys(rest).length > 0)
    throw new Error(`[bool] query does not support [${Object.keys(rest)[0]}]`);
  const compiled = (clauses: unknown) =>
    [clauses ?? []].flat().map((clause) => compileTestQuery(clause as Json));
  const needed = [...compiled(filter), ...compiled(must)];
  const [either, none] = [compiled(should), compiled(mustNot)];
  const atLeast = Number(least ?? (needed.length === 0 && either.length > 0 ? 1 : 0));
  return (document: Indexed): boolean =>
    needed.every((holds) => holds(document)) &&
    either.filter((holds) => holds(document)).length >= atLeast &&
    !none.some((holds) => holds(document));
}

function valuesOf(document: Indexed, field: string): readonly (string | number)[] {
  if (field === '_index') return [document.index];
  if (field === '_ignored') return document.ignored;
  return document.terms.get(field) ?? [];
}

function patternOf(kind: string, text: string, isLoose: boolean): RegExp {
  const flags = isLoose ? 'is' : 's';
  const plain = (part: string) => part.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
  if (kind === 'regexp') return new RegExp(`^(?:${text})$`, flags);
  if (kind === 'term') return new RegExp(`^${plain(text)}$`, flags);
  const source = text.replace(/\\(.)|\*|\?|[^\\*?]+/gs, (part, escaped: string | undefined) =>
    escaped !== undefined ? plain(escaped) : part === '*' ? '.*' : part === '?' ? '.' : plain(part),
  );
  return new RegExp(`^${source}$`, flags);
}

function timeOf(value: unknown, otherwise: number): number {
  if (value === undefined) return otherwise;
  const days = /^now-(\d+)d$/.exec(String(value))?.[1];
  const ms = days === undefined ? Date.parse(String(value)) : Date.now() - Number(days) * 86_400_000;
  if (Number.isNaN(ms)) throw new Error(`failed to parse date field [${String(value)}]`);
  return ms;
}

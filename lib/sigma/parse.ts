/** Reads a Sigma rule: YAML as the Sigma specification 2.1 has it. */
import { type Document, isMap, isNode, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { readCondition } from './condition.ts';
import { failAt, type Place } from './error.ts';
import { type PlacedValue, readItem, readKeywords } from './item.ts';
import { combine, LEVELS, type Match, type SigmaLogSource, type SigmaRule, STATUSES } from './rule.ts';

export { SigmaError } from './error.ts';
export type { SigmaRule } from './rule.ts';

const MAX_LENGTH = 1_000_000;
const MAX_SELECTIONS = 1_000;
const MAX_VALUES = 10_000;

const text = z.string().trim().min(1);
const texts = z.array(text).default([]);
const maybeText = text.nullish().transform((value) => value ?? null);
const word = maybeText.transform((value) => value?.toLowerCase() ?? null);

/** Keys that the specification does not name are a rule's own affair. */
const ruleSchema = z.looseObject({
  title: text.max(256),
  id: z.guid().nullish(),
  status: z.enum(STATUSES).nullish(),
  description: maybeText,
  author: maybeText,
  date: maybeText,
  modified: maybeText,
  level: z.enum(LEVELS).nullish(),
  references: texts,
  falsepositives: z.union([text.transform((one) => [one]), texts]).default([]),
  tags: texts,
  related: z.array(z.looseObject({ id: text, type: text })).default([]),
  logsource: z.looseObject({ category: word, product: word, service: word, definition: maybeText }),
  detection: z.record(z.string(), z.unknown()),
});

type Path = readonly (string | number)[];

/** A parsed YAML document with the places of its values. */
class RuleDocument {
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  placeAt(offset: number, path: Path): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col), field: path.map(String).join('.') };
  }

  /** Of the value, or of the nearest one around it that there is. */
  place(path: Path): Place {
    for (let length = path.length; length > 0; length -= 1) {
      const node = this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return this.placeAt(node.range[0], path);
    }
    return this.placeAt(0, path);
  }

  toJS(): unknown {
    try {
      return this.#document.toJS();
    } catch (error) {
      // References that contain each other, or multiply.
      return failAt(
        this.placeAt(0, []),
        error instanceof Error ? `${error.message}.` : 'The YAML cannot be read.',
      );
    }
  }

  /** A number with its digits: 2.0 is not 2, and a long one is no double. */
  #number(value: number, path: Path): { readonly digits: string } {
    const node = this.#document.getIn(path, true);
    const source = isScalar(node) ? node.source : undefined;
    const isDecimal = source !== undefined && /^-?\d+(?:\.\d+)?$/.test(source);
    return { digits: isDecimal ? source : String(value) };
  }

  #value(value: unknown, path: Path): PlacedValue {
    const place = this.place(path);
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return { value, place };
    if (typeof value === 'number') return { value: this.#number(value, path), place };
    return failAt(place, 'A text, a number, true, false or null is expected here.');
  }

  values(value: unknown, path: Path): PlacedValue[] {
    if (!Array.isArray(value)) return [this.#value(value, path)];
    if (value.length > MAX_VALUES) failAt(this.place(path), `A list may have ${MAX_VALUES} values.`);
    return value.map((item, index) => this.#value(item, [...path, index]));
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readMap(document: RuleDocument, map: Readonly<Record<string, unknown>>, path: Path): Match {
  const items = Object.entries(map);
  if (items.length === 0) failAt(document.place(path), 'A selection is empty.');
  return combine(
    'and',
    items.map(([key, value]) => {
      const itemPath = [...path, key];
      return readItem(key, document.values(value, itemPath), document.place(itemPath));
    }),
  );
}

/** A map is all of its items; a list is any of its maps and keywords. */
function readSelection(document: RuleDocument, value: unknown, path: Path): Match {
  if (isRecord(value)) return readMap(document, value, path);
  if (!Array.isArray(value)) return readKeywords(document.values(value, path), document.place(path));
  if (value.length === 0) failAt(document.place(path), 'A selection is empty.');
  if (value.length > MAX_VALUES) failAt(document.place(path), `A list may have ${MAX_VALUES} values.`);
  return combine(
    'or',
    value.map((item, index) => {
      const itemPath = [...path, index];
      if (isRecord(item)) return readMap(document, item, itemPath);
      if (Array.isArray(item)) failAt(document.place(itemPath), 'A list in a list is not supported.');
      return readKeywords(document.values(item, itemPath), document.place(itemPath));
    }),
  );
}

/** @param path of the selections; `others` are names in it that are none */
function readDetection(
  document: RuleDocument,
  detection: Readonly<Record<string, unknown>>,
  path: Path = ['detection'],
  others: readonly string[] = ['condition'],
): Match {
  if (Object.hasOwn(detection, 'timeframe')) {
    failAt(
      document.place([...path, 'timeframe']),
      '"timeframe" is not supported: a correlation rule replaces it.',
    );
  }
  const names = Object.keys(detection).filter((name) => !others.includes(name));
  if (names.length === 0) failAt(document.place(path), 'The detection has no selection.');
  if (names.length > MAX_SELECTIONS) {
    failAt(document.place(path), `A detection may have ${MAX_SELECTIONS} selections.`);
  }
  const selections = new Map(
    names.map((name) => [name, readSelection(document, detection[name], [...path, name])]),
  );
  const conditionPath = [...path, 'condition'];
  const conditions = document.values(detection.condition ?? null, conditionPath);
  if (conditions.length === 0) failAt(document.place(conditionPath), 'The detection has no condition.');
  return combine(
    'or',
    conditions.map(({ value, place }) =>
      typeof value === 'string' && value.trim() !== ''
        ? readCondition(value, selections, place)
        : failAt(place, 'The detection has no condition.'),
    ),
  );
}

function openDocument(yamlText: string): RuleDocument {
  const start: Place = { line: 1, column: 1, field: '' };
  if (yamlText.length > MAX_LENGTH) failAt(start, `A rule may be ${MAX_LENGTH} characters long.`);
  const lines = new LineCounter();
  const documents = parseAllDocuments(yamlText, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const [first, second] = Array.isArray(documents) ? documents : [];
  if (first === undefined) return failAt(start, 'There is no rule in the file.');
  const document = new RuleDocument(first, lines);
  const [mistake] = first.errors;
  if (mistake !== undefined)
    failAt(document.placeAt(mistake.pos[0], []), `The YAML cannot be read: ${mistake.message}.`);
  if (second !== undefined) {
    failAt(
      document.placeAt(second.range[0], []),
      'The file holds several documents: give one rule at a time.',
    );
  }
  if (!isMap(first.contents)) failAt(start, 'There is no rule in the file.');
  return document;
}

/** What other kinds of Sigma files have, and a rule does not. */
const OTHER_KINDS: Readonly<Record<string, string>> = {
  correlation: 'Correlation rules are not supported: this file counts or orders what other rules find.',
  filter: 'This is a Sigma filter, not a rule: import it as a filter rule.',
  action: 'Rule collections ("action") are deprecated in Sigma and not supported: write one rule a file.',
};

function readLogSource(
  document: RuleDocument,
  { category, product, service, definition }: z.infer<typeof ruleSchema>['logsource'],
): SigmaLogSource {
  return { category, product, service, definition, place: document.place(['logsource']) };
}

/**
 * Reads a rule. Throws SigmaError, with line, column and field, for what is no rule and for what is not supported. What
 * depends on the evidence (log source, length of the search) is refused by sigmaToSpl.
 */
export function parseSigma(yamlText: string): SigmaRule {
  const document = openDocument(yamlText);
  const content = document.toJS();
  for (const [key, reason] of Object.entries(OTHER_KINDS)) {
    if (isRecord(content) && Object.hasOwn(content, key)) failAt(document.place([key]), reason);
  }
  const result = ruleSchema.safeParse(content);
  if (!result.success) {
    const [issue] = result.error.issues;
    const path = (issue?.path ?? []).map((part) => (typeof part === 'number' ? part : String(part)));
    return failAt(
      document.place(path),
      `${path.join('.') || 'The rule'}: ${issue?.message ?? 'is not valid'}.`,
    );
  }
  const rule = result.data;
  return {
    title: rule.title,
    id: rule.id ?? null,
    status: rule.status ?? null,
    description: rule.description,
    author: rule.author,
    date: rule.date,
    modified: rule.modified,
    level: rule.level ?? null,
    references: rule.references,
    falsepositives: rule.falsepositives,
    tags: rule.tags,
    techniques: rule.tags.flatMap((tag) => {
      const id = /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1];
      return id === undefined ? [] : [id.toUpperCase()];
    }),
    related: rule.related.map(({ id, type }) => ({ id, type })),
    logsource: readLogSource(document, rule.logsource),
    match: readDetection(document, rule.detection),
  };
}

const filterSchema = z.looseObject({
  title: text.max(256),
  id: z.guid().nullish(),
  description: maybeText,
  filter: z.looseObject({
    rules: z.union([text.transform((one) => [one]), z.array(text).min(1)]),
    condition: z.unknown(),
  }),
});

/** A Sigma filter (Sigma specification 2.1, "Sigma Filters"): what of other rules' events stays. */
export type SigmaFilter = {
  readonly title: string;
  readonly id: string | null;
  readonly description: string | null;
  /** Ids or names of the rules that it is for; null: any. */
  readonly rules: readonly string[] | null;
  readonly match: Match;
};

/** Reads a filter. Throws SigmaError as parseSigma does. */
export function parseSigmaFilter(yamlText: string): SigmaFilter {
  const document = openDocument(yamlText);
  const content = document.toJS();
  const result = filterSchema.safeParse(content);
  if (!result.success) {
    const [issue] = result.error.issues;
    const path = (issue?.path ?? []).map((part) => (typeof part === 'number' ? part : String(part)));
    return failAt(
      document.place(path),
      `${path.join('.') || 'The filter'}: ${issue?.message ?? 'is not valid'}.`,
    );
  }
  const { title, id, description, filter } = result.data;
  const isAny = filter.rules.length === 1 && filter.rules[0]?.toLowerCase() === 'any';
  return {
    title,
    id: id ?? null,
    description,
    rules: isAny ? null : filter.rules,
    match: readDetection(document, filter, ['filter'], ['condition', 'rules']),
  };
}

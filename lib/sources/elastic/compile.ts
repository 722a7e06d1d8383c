import type { estypes } from '@elastic/elasticsearch';
import type { DetectionRule } from '#lib/detection/rule.ts';
import { type Predicate, supersetOf } from '../predicate.ts';
import type { SourceQuery } from '../types.ts';
import { wordsIn } from '../words.ts';
import { CHANNEL, EVENT_NUMBERS, PLACES, type Place } from './layouts.ts';
import type { FieldUse, Mapped } from './mapping.ts';

/**
 * A detection as a query of documents (Query DSL; the same in Elasticsearch and OpenSearch). What it takes beyond the
 * detection is said; a document that our engine would match and the query does not take is a bug.
 */
export type Query = estypes.QueryDslQueryContainer;

/** A condition that all documents fulfil, or none, need not be asked. */
type Condition = Query | 'all' | 'none';

export type Compiled = {
  /** Null when no detection can be asked here. */
  readonly query: SourceQuery | null;
  readonly dsl: Query | null;
  /** Detections that cannot be asked, and why. */
  readonly open: ReadonlyMap<string, string>;
};

/** The standard tokenizer cuts words of more than 255 UTF-16 units, which are 128 characters at least, and with them what is looked for. */
const CUT_AFTER = 100;

const WIDENED = {
  ignored: 'documents whose field was left out of the index for its length or form (_ignored)',
  unseen: 'events of the detection’s numbers in which the index does not see the field',
  words:
    'in text fields words are looked for, wherever they stand; documents with words so long that they were cut within what is looked for are taken',
  unknown: 'events that are no Windows log records are taken whatever their number is',
  exists: 'fields that can only be asked whether they are there',
  none: 'all documents of indexes in which the field is not searchable',
} as const;

/** One query for all detections. */
export function elasticQuery(mapped: Mapped, rules: readonly DetectionRule[]): Compiled {
  const open = new Map<string, string>();
  const asked: string[] = [];
  const conditions: Query[] = [];
  const widened = new Set<string>();
  for (const { id, search } of rules) {
    const superset = supersetOf(search.expandedText);
    const own = new Set(superset.widened);
    const condition = conditionOf(superset.predicate, mapped, own);
    if (condition === 'all') open.set(id, 'The query would bring every document home.');
    else if (condition === 'none') open.set(id, 'The indexes hold none of the fields that it looks at.');
    else {
      asked.push(id);
      conditions.push(condition);
      for (const text of own) widened.add(text);
    }
  }
  if (conditions.length === 0) return { query: null, dsl: null, open };
  const dsl = any(conditions) as Query;
  const query: SourceQuery = {
    detectionIds: asked,
    language: 'dsl',
    text: JSON.stringify(dsl),
    widened: [...widened],
  };
  return { query, dsl, open };
}

function conditionOf(predicate: Predicate, mapped: Mapped, widened: Set<string>): Condition {
  switch (predicate.kind) {
    case 'all':
      return 'all';
    case 'and':
      return all(predicate.operands.map((operand) => conditionOf(operand, mapped, widened)));
    case 'or':
      return any(predicate.operands.map((operand) => conditionOf(operand, mapped, widened)));
    case 'raw':
      widened.add(`“${predicate.literal}” anywhere in the event`);
      return 'all';
    case 'fits': {
      const { field, pieces } = predicate;
      if (field === 'EventCode' || field === 'EventID') return numberIs(pieces, mapped, widened);
      const places = Object.hasOwn(PLACES, field) ? PLACES[field] : undefined;
      if (places) return fits(places.places, places.events, pieces, mapped, widened);
      // `source` and the like are names that Splunk gives.
      widened.add(`${field}=${pieces.join('*')}`);
      return 'all';
    }
  }
}

/** The event's number, or another layout than that of Windows log records, where our reader tells the number. */
function numberIs(pieces: readonly string[], mapped: Mapped, widened: Set<string>): Condition {
  const [number] = pieces;
  if (number === undefined || pieces.length > 1) return 'all';
  const numbers = EVENT_NUMBERS.flatMap((field) => mapped.uses.get(field) ?? []);
  if (numbers.length === 0) return 'all';
  widened.add(WIDENED.unknown);
  const isOther: Condition = mapped.uses.has(CHANNEL)
    ? { bool: { must_not: [{ exists: { field: CHANNEL } }] } }
    : 'all';
  return any([...numbers.map((use) => wholeValue(use, [number], widened)), isOther]);
}

function fits(
  places: readonly Place[],
  events: readonly string[],
  pieces: readonly string[],
  mapped: Mapped,
  widened: Set<string>,
): Condition {
  const usesOf = (test: (place: Place) => boolean) =>
    places.filter(test).flatMap(({ field }) => mapped.uses.get(field) ?? []);
  const values = usesOf(({ holds }) => holds === 'value');
  const others = leaveHeld(
    usesOf(({ holds }) => holds !== 'value'),
    values,
  );
  if (values.length === 0 && others.length === 0) return 'none';
  const conditions = [...values.map((use) => wholeValue(use, pieces, widened))];
  if (others.length > 0) conditions.push(anywhere(others, pieces, widened));
  // A name in _ignored may be that of a field that was not mapped any more.
  const names = [
    ...places.filter(({ holds }) => holds !== 'raw').map(({ field }) => field),
    ...[...values, ...others].map(({ field }) => field),
  ];
  widened.add(WIDENED.ignored);
  conditions.push({ terms: { _ignored: [...new Set(names)] } });
  const unseen = unseenIn(
    usesOf(({ holds }) => holds === 'value' || holds === 'within'),
    events,
    mapped,
  );
  if (unseen !== 'none') widened.add(WIDENED.unseen);
  return any([...conditions, unseen]);
}

/**
 * Fields that cannot be searched, or only for whether they are there, count in indexes where nothing else holds the value: ECS
 * keeps event.original unsearchable beside the values that were taken out of it.
 */
function leaveHeld(uses: readonly FieldUse[], values: readonly FieldUse[]): FieldUse[] {
  const isSearched = ({ how }: FieldUse) => how !== 'none' && how !== 'exists';
  const held = new Set([...values, ...uses.filter(isSearched)].flatMap(({ indexes }) => indexes));
  return uses.flatMap((use) => {
    if (isSearched(use)) return use;
    const indexes = use.indexes.filter((index) => !held.has(index));
    return indexes.length > 0 ? { ...use, indexes, isMixed: true } : [];
  });
}

/**
 * Windows events that should have the value while the index knows none of the fields: left out for their length without a
 * mark (OpenSearch, Elasticsearch before 8), or not mapped.
 */
function unseenIn(seenBy: readonly FieldUse[], events: readonly string[], mapped: Mapped): Condition {
  const numbers = EVENT_NUMBERS.flatMap((field) => mapped.uses.get(field) ?? []).filter(
    ({ how }) => how === 'exact' || how === 'number',
  );
  if (numbers.length === 0) return 'none';
  const isOne = any(
    [...new Set(numbers.map(({ field }) => field))].map((field) => ({ terms: { [field]: [...events] } })),
  );
  const fields = [...new Set(seenBy.map(({ field }) => field))];
  return all([isOne, { bool: { must_not: fields.map((field) => ({ exists: { field } })) } }]);
}

/** The field's value fits the pattern. */
function wholeValue(use: FieldUse, pieces: readonly string[], widened: Set<string>): Condition {
  const { field, how } = use;
  const [first = ''] = pieces;
  const isOne = pieces.length === 1 && !/[^ -~]/.test(first);
  if (how === 'exact')
    return scoped(
      use,
      isOne
        ? { term: { [field]: { value: first, case_insensitive: true } } }
        : { wildcard: { [field]: { value: pieces.map(wildcardText).join('*'), case_insensitive: true } } },
    );
  if (how === 'number' && isOne && /^\d{1,9}$/.test(first))
    return scoped(use, { term: { [field]: { value: Number(first) } } });
  return how === 'number' ? hasField(use, widened) : anywhere([use], pieces, widened);
}

/**
 * Where indexes keep a field in different ways, each is asked in its own: shards of other indexes leave the clause out before
 * they would refuse it (rewrite of `_index` in TermsQueryBuilder and BoolQueryBuilder, both products).
 */
export function scoped({ indexes, isMixed }: FieldUse, query: Query): Query {
  return isMixed ? { bool: { filter: [{ terms: { _index: [...indexes] } }, query] } } : query;
}

/** Each word of the pattern stands in one of the fields. */
function anywhere(uses: readonly FieldUse[], pieces: readonly string[], widened: Set<string>): Condition {
  const words = wordsIn(pieces).map(({ text }) => text);
  const searchable = uses.filter(({ how }) => how === 'exact' || how === 'words');
  if (searchable.some(({ how }) => how === 'words')) widened.add(WIDENED.words);
  const conditions = uses.flatMap((use): Condition[] => {
    const { how, indexes } = use;
    if (how === 'exact' || how === 'words') return [];
    if (how !== 'none') return [hasField(use, widened)];
    widened.add(WIDENED.none);
    return [{ terms: { _index: [...indexes] } }];
  });
  if (searchable.length > 0)
    conditions.unshift(all(words.map((word) => any(searchable.flatMap((use) => wordIn(use, word))))));
  return any(conditions);
}

function wordIn(use: FieldUse, word: string): Query[] {
  const { field, how } = use;
  const whole: Query = { wildcard: { [field]: { value: `*${word}*`, case_insensitive: true } } };
  if (how === 'exact' || word.length < 2) return [scoped(use, whole)];
  // All beginnings of the word but itself: w(i(n)?)?
  const beginnings = [...word.slice(0, -1)].reduceRight(
    (rest, letter) => `${letter}${rest === '' ? '' : `(${rest})?`}`,
    '',
  );
  const cut = `.{${CUT_AFTER},}${beginnings}`;
  return [whole, { regexp: { [field]: { value: cut, case_insensitive: true } } }].map((one: Query) =>
    scoped(use, one),
  );
}

function hasField(use: FieldUse, widened: Set<string>): Condition {
  widened.add(WIDENED.exists);
  return scoped(use, { exists: { field: use.field } });
}

/** Characters outside ASCII are left open: clusters compare only ASCII whatever the case. */
const wildcardText = (text: string): string => text.replace(/[\\*?]/g, '\\$&').replace(/[^ -~]+/g, '*');

function all(conditions: readonly Condition[]): Condition {
  const asked = distinct(conditions.filter((one) => one !== 'all'));
  if (asked.includes('none')) return 'none';
  const [first] = asked;
  if (first === undefined) return 'all';
  return asked.length === 1 ? first : { bool: { filter: asked as Query[] } };
}

function any(conditions: readonly Condition[]): Condition {
  const asked = distinct(conditions.filter((one) => one !== 'none'));
  if (asked.includes('all')) return 'all';
  const [first] = asked;
  if (first === undefined) return 'none';
  return asked.length === 1 ? first : { bool: { should: asked as Query[], minimum_should_match: 1 } };
}

const distinct = (conditions: readonly Condition[]): Condition[] => [
  ...new Map(conditions.map((one) => [JSON.stringify(one), one])).values(),
];

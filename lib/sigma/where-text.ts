/** Matches as an expression of `where`, which can say all of them exactly. */
import { inXml, keywordForms, quote } from './field-terms.ts';
import type { FieldPlace } from './fields.ts';
import { escapeRegex, plainText, regexBody, wholeRegex } from './pattern.ts';
import type { FieldTest, Match, Pattern, SigmaLogSource, Test } from './rule.ts';
import { testedPlaces } from './search-text.ts';

const RESERVED = /^(?:and|or|not|xor|like|in)$/i;

const fieldName = (name: string): string =>
  /^[A-Za-z_]\w*$/.test(name) && !RESERVED.test(name) ? name : `'${name}'`;

function join(operator: 'and' | 'or', terms: readonly string[]): string {
  return terms.length < 2 ? (terms[0] ?? '') : `(${terms.join(operator === 'and' ? ' AND ' : ' OR ')})`;
}

/** The value that stands at a place. */
function valueAt(place: FieldPlace): string {
  switch (place.kind) {
    case 'field':
      return fieldName(place.name);
    case 'joined':
      return `${fieldName(place.parent)}."\\\\".${fieldName(place.child)}`;
    case 'unnamed':
    case 'event':
      return '_raw';
  }
}

/** A whole element of the XML, in which a value has no `<`. */
function elementRegex(pattern: Pattern, isCased: boolean): string {
  const body = regexBody(inXml(pattern), { any: '[^<]*', one: '(?:[^<&]|&[^;<]*;)' });
  return `${isCased ? '' : '(?i)'}<Data>${body}</Data>`;
}

const found = (value: string, regex: string): string => `match(${value}, ${quote(regex)})`;

function wholeValue(value: string, pattern: Pattern, isCased: boolean): string {
  const text = plainText(pattern);
  if (text === null) return found(value, wholeRegex(pattern, isCased));
  if (isCased || !/[A-Za-z]|\P{ASCII}/u.test(text)) return `${value}=${quote(text)}`;
  // Beyond ASCII the lower case of a text can be longer.
  const isPlain = /^\p{ASCII}*$/u.test(text);
  return isPlain
    ? `lower(${value})=${quote(text.toLowerCase())}`
    : found(value, wholeRegex(pattern, isCased));
}

function patternAt(place: FieldPlace, pattern: Pattern, isCased: boolean): string {
  switch (place.kind) {
    case 'field':
    case 'joined':
      return wholeValue(valueAt(place), place.rewrite?.(pattern) ?? pattern, isCased);
    case 'unnamed':
      return found('_raw', elementRegex(pattern, isCased));
    case 'event':
      return join(
        'or',
        keywordForms(pattern).map((form) => found('_raw', wholeRegex(form, isCased))),
      );
  }
}

/** What a test comes to at one place: null, and so neither it nor its negation, when the place is empty. */
function testAt(place: FieldPlace, test: Exclude<Test, { readonly kind: 'exists' | 'same-as' }>): string {
  const value = valueAt(place);
  switch (test.kind) {
    case 'pattern':
      return patternAt(place, test.pattern, test.isCased);
    case 'regex':
      return found(value, `${test.flags === '' ? '' : `(?${test.flags})`}${test.regex}`);
    case 'network':
      return `cidrmatch(${quote(test.network)}, ${value})`;
    case 'order':
      return `tonumber(${value})${test.operator}${test.number}`;
  }
}

function existsAt(place: FieldPlace): string {
  return place.kind === 'unnamed' ? found('_raw', escapeRegex('<Data>')) : `isnotnull(${valueAt(place)})`;
}

function leafText(leaf: FieldTest, source: SigmaLogSource, isNegated: boolean): string {
  const places = testedPlaces(leaf, source);
  const { test } = leaf;
  if (test.kind === 'exists') {
    const exists = join('or', places.map(existsAt));
    return test.isExpected ? exists : `NOT ${exists}`;
  }
  // NOT of null is null: under a negation the test must come to false for an absent field.
  const guard = (value: string, text: string): string =>
    isNegated ? `(isnotnull(${value}) AND ${text})` : text;
  if (test.kind !== 'same-as') {
    return join(
      'or',
      places.map((place) => {
        const value = test.kind === 'order' ? `tonumber(${valueAt(place)})` : valueAt(place);
        return guard(value, testAt(place, test));
      }),
    );
  }
  const others = testedPlaces({ kind: 'test', field: test.field, test }, source);
  const cased = (value: string): string => (test.isCased ? value : `lower(${value})`);
  return join(
    'or',
    places.flatMap((place) =>
      others.map((other) => {
        const [left, right] = [valueAt(place), valueAt(other)];
        return guard(left, guard(right, `${cased(left)}=${cased(right)}`));
      }),
    ),
  );
}

/** The expression that is true exactly for events that match. */
export function whereText(match: Match, source: SigmaLogSource, isNegated = false): string {
  switch (match.kind) {
    case 'test':
      return leafText(match, source, isNegated);
    case 'not':
      return `NOT ${whereText(match.operand, source, true)}`;
    case 'and':
    case 'or':
      return join(
        match.kind,
        match.operands.map((operand) => whereText(operand, source, isNegated)),
      );
  }
}

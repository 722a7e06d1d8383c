/**
 * Tests as terms of `search`. What it cannot say exactly has no exact terms (null); its wider terms (null: no restriction)
 * let everything through that the exact test may accept.
 */
import { every, existsAt, fieldName, join, NEVER, patternsAt, quote, widePatternsAt } from './field-terms.ts';
import { type FieldPlace, placesOf } from './fields.ts';
import { normalize, open } from './pattern.ts';
import { requiredTexts } from './regex-literals.ts';
import type { FieldTest, Match, Pattern, PatternPart, SigmaLogSource, Test } from './rule.ts';

/** The places at which a test can be made. */
export function testedPlaces({ field, test }: FieldTest, source: SigmaLogSource): readonly FieldPlace[] {
  const places = placesOf(field, source);
  const isText = test.kind === 'pattern' || test.kind === 'exists';
  return isText ? places : places.filter(({ kind }) => kind !== 'unnamed');
}

function anyPlace(places: readonly FieldPlace[], term: (place: FieldPlace) => string | null): string | null {
  const terms = every(places.map(term));
  return terms === null ? null : join('or', terms);
}

function exactTest(leaf: FieldTest, source: SigmaLogSource): string | null {
  const places = testedPlaces(leaf, source);
  const { test } = leaf;
  switch (test.kind) {
    case 'pattern':
      return anyPlace(places, (place) => patternsAt(place, [test.pattern], test.isCased));
    case 'exists': {
      const exists = join('or', places.map(existsAt));
      return test.isExpected ? exists : `NOT ${exists}`;
    }
    case 'network':
      return anyPlace(places, (place) =>
        place.kind === 'field' ? `${fieldName(place.name)}=${quote(test.network)}` : NEVER,
      );
    case 'regex':
    case 'order':
    case 'same-as':
      return null;
  }
}

/** Text alternatives for one field, in one term. */
type Alternatives = {
  readonly field: string | null;
  readonly isCased: boolean;
  readonly patterns: Pattern[];
};

/** Splits operands of an `or` into text alternatives by field, and the rest. */
function groupAlternatives(operands: readonly Match[]): readonly (Alternatives | Match)[] {
  const groups = new Map<string, Alternatives>();
  return operands.flatMap((operand): (Alternatives | Match)[] => {
    if (operand.kind === 'or') return [...groupAlternatives(operand.operands)];
    if (operand.kind !== 'test' || operand.test.kind !== 'pattern') return [operand];
    const { field, test } = operand;
    const key = `${field === null ? 'event' : `field ${field}`} ${test.isCased}`;
    const known = groups.get(key);
    if (known !== undefined) {
      known.patterns.push(test.pattern);
      return [];
    }
    const group = { field, isCased: test.isCased, patterns: [test.pattern] };
    groups.set(key, group);
    return [group];
  });
}

/** The terms that select exactly what matches, or null where `search` cannot say it. */
export function exactTerms(match: Match, source: SigmaLogSource): string | null {
  switch (match.kind) {
    case 'test':
      return exactTest(match, source);
    case 'not': {
      const operand = exactTerms(match.operand, source);
      return operand === null ? null : `NOT ${operand}`;
    }
    case 'and': {
      const terms = every(match.operands.map((operand) => exactTerms(operand, source)));
      return terms === null ? null : join('and', terms);
    }
    case 'or': {
      const found = every(
        alternativeTerms(match, source, patternsAt, (operand) => exactTerms(operand, source)),
      );
      return found === null ? null : join('or', found);
    }
  }
}

/** One term for all text alternatives of a field, and one for each other operand. */
function alternativeTerms(
  match: Match & { readonly kind: 'and' | 'or' },
  source: SigmaLogSource,
  patternsTerm: typeof patternsAt,
  term: (operand: Match) => string | null,
): (string | null)[] {
  return groupAlternatives(match.operands).map((one) =>
    'patterns' in one
      ? anyPlace(placesOf(one.field, source), (place) => patternsTerm(place, one.patterns, one.isCased))
      : term(one),
  );
}

function wideTest(leaf: FieldTest, source: SigmaLogSource): string | null {
  const places = testedPlaces(leaf, source);
  const test: Test = leaf.test;
  switch (test.kind) {
    case 'pattern':
      return anyPlace(places, (place) => widePatternsAt(place, [test.pattern]));
    case 'regex': {
      const texts = requiredTexts(test.regex);
      if (texts.length === 0) return null;
      const pattern = normalize(texts.flatMap((text): PatternPart[] => [{ wildcard: '*' }, { text }]));
      return anyPlace(places.map(withoutRewrite), (place) => widePatternsAt(place, [open(pattern, 'after')]));
    }
    case 'order':
    case 'same-as':
      return join('or', places.map(existsAt));
    case 'exists':
    case 'network':
      return null;
  }
}

/** A regular expression is sought in the value as it is. */
function withoutRewrite(place: FieldPlace): FieldPlace {
  return place.kind === 'field' || place.kind === 'joined'
    ? { ...place, rewrite: (pattern) => pattern }
    : place;
}

/** Terms that select at least what matches (or, negated, what does not); null: all events. */
export function wideTerms(match: Match, source: SigmaLogSource, isNegated = false): string | null {
  const exact = exactTerms(match, source);
  if (exact !== null) return isNegated ? `NOT ${exact}` : exact;
  switch (match.kind) {
    case 'test':
      return isNegated ? null : wideTest(match, source);
    case 'not':
      return wideTerms(match.operand, source, !isNegated);
    case 'and':
    case 'or': {
      if (match.kind === 'or' && !isNegated) {
        const found = every(
          alternativeTerms(match, source, widePatternsAt, (operand) => wideTerms(operand, source)),
        );
        return found === null ? null : join('or', found);
      }
      const terms = match.operands.map((operand) => wideTerms(operand, source, isNegated));
      if (match.kind === 'and' && isNegated) {
        const found = every(terms);
        return found === null ? null : join('or', found);
      }
      const found = terms.filter((term) => term !== null);
      return found.length === 0 ? null : join('and', found);
    }
  }
}

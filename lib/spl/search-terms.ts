/**
 * Compiles the expressions of `search` and of the where clause of `tstats`: tests, what to show of a match, and the
 * literals without which nothing can match.
 */
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import type { SearchExpression, SearchValue, Span } from './ast.ts';
import { parseNetwork } from './cidr.ts';
import { bestOf, needlesIn } from './needles.ts';
import { Pattern, type Range } from './pattern.ts';
import { RawTerm } from './raw-term.ts';
import type { Accessor } from './row.ts';
import { failAt } from './syntax.ts';
import type { MatchedTerm, UnmatchedTerm } from './types.ts';
import { compareScalars, type Scalar, scalarsOf, toText } from './value.ts';

export type CompiledTerms = {
  readonly test: (event: SearchableEvent) => boolean;
  /** Adds the terms that the event satisfies. Called only when test() is true. */
  readonly explain: (event: SearchableEvent, terms: MatchedTerm[]) => void;
  /** The first term that the event does not satisfy. Called only when test() is false. */
  readonly whyNot: (event: SearchableEvent) => UnmatchedTerm;
  /** As CompiledSearch.needles. */
  readonly needles: readonly (readonly string[])[];
  /** Whether the raw text is read, which some evidence has to be rendered for: other terms are asked first. */
  readonly isDear: boolean;
};

/** Where the fields of a search come from: plain events, or an object of a data model. */
export type FieldScope = {
  /** The text of the search that positions count in. */
  readonly text: string;
  read(field: string, span: Span): Accessor;
  isVerbatim(field: string): boolean | 'words';
};

const NO_TERMS = { explain: () => {}, needles: [], isDear: false } as const;

const unmatched = (term: string): UnmatchedTerm => ({ term, field: null, value: null });

/** What the event has in the field, for messages. */
export function describeValue(value: FieldValue): string | null {
  return value === null ? null : scalarsOf(value).map(toText).join('\n');
}

function compileAnd(operands: readonly CompiledTerms[], term: string): CompiledTerms {
  const ordered = operands.toSorted((left, right) => Number(left.isDear) - Number(right.isDear));
  return {
    isDear: operands.some(({ isDear }) => isDear),
    test: (event) => {
      for (const operand of ordered) if (!operand.test(event)) return false;
      return true;
    },
    explain: (event, terms) => {
      for (const operand of operands) operand.explain(event, terms);
    },
    whyNot: (event) => operands.find(({ test }) => !test(event))?.whyNot(event) ?? unmatched(term),
    needles: operands.flatMap((operand) => operand.needles),
  };
}

function compileOr(operands: readonly CompiledTerms[], term: string): CompiledTerms {
  const ordered = operands.toSorted((left, right) => Number(left.isDear) - Number(right.isDear));
  return {
    isDear: operands.some(({ isDear }) => isDear),
    test: (event) => {
      for (const operand of ordered) if (operand.test(event)) return true;
      return false;
    },
    explain: (event, terms) => {
      for (const operand of operands) if (operand.test(event)) operand.explain(event, terms);
    },
    // No alternative holds; if all of them look at one field, its value is what went wrong.
    whyNot: (event) => {
      const reasons = operands.map((operand) => operand.whyNot(event));
      const [first] = reasons;
      const isOneField = first !== undefined && reasons.every(({ field }) => field === first.field);
      return isOneField ? { ...first, term } : unmatched(term);
    },
    needles: bestOf(operands.map((operand) => operand.needles)),
  };
}

type ScalarTest = {
  readonly matches: (value: Scalar) => boolean;
  readonly rangesIn: (value: string) => readonly Range[];
  readonly needles: (isOfWords: boolean) => readonly (readonly string[])[];
};

/** `=` compares texts, case-insensitively and whole; a network such as 10.0.0.0/8 also contains addresses. */
function compileEquality(value: SearchValue): ScalarTest {
  const pattern = new Pattern(value.text, value.isCaseSensitive);
  const contains = parseNetwork(value.text);
  return {
    matches: (scalar) => {
      const text = toText(scalar);
      return pattern.matches(text) || (contains?.(text) ?? false);
    },
    rangesIn: (text) => pattern.rangesIn(text),
    needles: (isOfWords) => (contains === null ? needlesIn(pattern.literals, isOfWords) : []),
  };
}

function compileScalarTest(expression: SearchExpression & { readonly kind: 'compare' }): ScalarTest {
  const { operator, value } = expression;
  const equality = compileEquality(value);
  const none = { rangesIn: () => [], needles: () => [] };
  switch (operator) {
    case '=':
      return equality;
    case '!=':
      return { ...none, matches: (scalar) => !equality.matches(scalar) };
    case '<':
      return { ...none, matches: (scalar) => compareScalars(scalar, value.text) < 0 };
    case '<=':
      return { ...none, matches: (scalar) => compareScalars(scalar, value.text) <= 0 };
    case '>':
      return { ...none, matches: (scalar) => compareScalars(scalar, value.text) > 0 };
    case '>=':
      return { ...none, matches: (scalar) => compareScalars(scalar, value.text) >= 0 };
  }
}

/** What data models say for an absent value: in no raw text, so a term that it satisfies needs no literal there. */
const MODEL_DEFAULT = 'unknown';

/** A term on a field: true when one of the field's values passes; an absent field has none. */
function compileFieldTest(field: string, span: Span, test: ScalarTest, scope: FieldScope): CompiledTerms {
  const read = scope.read(field, span);
  const isVerbatim = scope.isVerbatim(field);
  const { matches } = test;
  const term = scope.text.slice(span.from, span.to);
  return {
    isDear: field === '_raw',
    test: (event) => {
      const value = read(event);
      if (value === null) return false;
      if (typeof value !== 'object') return matches(value);
      for (const item of value) if (matches(item)) return true;
      return false;
    },
    explain: (event, terms) => {
      const value = read(event);
      const found = value !== null && typeof value === 'object' ? value.find((item) => matches(item)) : value;
      if (found === null || found === undefined || typeof found === 'object') return;
      const text = toText(found);
      terms.push({ field, term, value: text, ranges: test.rangesIn(text) });
    },
    whyNot: (event) => ({ term, field, value: describeValue(read(event)) }),
    needles: isVerbatim !== false && !matches(MODEL_DEFAULT) ? test.needles(isVerbatim === 'words') : [],
  };
}

function compileIn(expression: SearchExpression & { readonly kind: 'in' }, scope: FieldScope): CompiledTerms {
  const tests = expression.values.map(compileEquality);
  const test: ScalarTest = {
    matches: (scalar) => tests.some(({ matches }) => matches(scalar)),
    rangesIn: (text) => tests.find(({ matches }) => matches(text))?.rangesIn(text) ?? [],
    needles: (isOfWords) => bestOf(tests.map(({ needles }) => needles(isOfWords))),
  };
  return compileFieldTest(expression.field, expression, test, scope);
}

function compileRawTerm(
  expression: SearchExpression & { readonly kind: 'term' },
  scope: FieldScope,
): CompiledTerms {
  const term = new RawTerm(expression.value.text, expression.value.isCaseSensitive);
  const test: ScalarTest = {
    matches: (scalar) => term.matches(toText(scalar)),
    rangesIn: (text) => term.rangesIn(text),
    needles: () => needlesIn(term.literals),
  };
  return compileFieldTest('_raw', expression, test, scope);
}

/**
 * Where Splunk keeps an event says nothing about it, and evidence has no index: a term on it passes, negated or not,
 * unless the event names one.
 */
function compileIndex(terms: CompiledTerms, isNegated: boolean): CompiledTerms {
  const test = (event: SearchableEvent): boolean =>
    event.get('index') === null || terms.test(event) !== isNegated;
  return { ...NO_TERMS, test, whyNot: terms.whyNot };
}

const isOnIndex = (node: SearchExpression): boolean =>
  (node.kind === 'compare' || node.kind === 'in') && node.field === 'index';

function compileNot(node: SearchExpression & { readonly kind: 'not' }, scope: FieldScope): CompiledTerms {
  const operand = compileTerms(node.operand, scope);
  const term = scope.text.slice(node.from, node.to);
  const { operand: inner } = node;
  const field = inner.kind === 'compare' || inner.kind === 'in' ? inner.field : null;
  const read = field === null ? () => null : scope.read(field, inner);
  const negated: CompiledTerms = {
    ...NO_TERMS,
    isDear: operand.isDear,
    test: (event) => !operand.test(event),
    whyNot: (event) => ({ term, field, value: describeValue(read(event)) }),
  };
  return isOnIndex(inner) ? compileIndex({ ...negated, test: operand.test }, true) : negated;
}

/** Subsearches must have been replaced by what they found. */
export function compileTerms(expression: SearchExpression, scope: FieldScope): CompiledTerms {
  const term = scope.text.slice(expression.from, expression.to);
  switch (expression.kind) {
    case 'and':
      return compileAnd(
        expression.operands.map((operand) => compileTerms(operand, scope)),
        term,
      );
    case 'or':
      return compileOr(
        expression.operands.map((operand) => compileTerms(operand, scope)),
        term,
      );
    case 'not':
      return compileNot(expression, scope);
    case 'all':
      return { ...NO_TERMS, test: () => true, whyNot: () => unmatched(term) };
    case 'compare': {
      const terms = compileFieldTest(expression.field, expression, compileScalarTest(expression), scope);
      return isOnIndex(expression) ? compileIndex(terms, false) : terms;
    }
    case 'in': {
      const terms = compileIn(expression, scope);
      return isOnIndex(expression) ? compileIndex(terms, false) : terms;
    }
    case 'term':
      return compileRawTerm(expression, scope);
    case 'subsearch':
      return failAt(expression, 'A search in brackets cannot stand here.');
  }
}

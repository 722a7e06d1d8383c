/** A Sigma rule as read: what it says about itself, and its detection as one tree of tests (Sigma specification 2.1). */
import type { Place } from './error.ts';

/** A piece of a text pattern: text that stands for itself, any text (`*`), or one character (`?`). */
export type PatternPart = { readonly text: string } | { readonly wildcard: '*' | '?' };
export type Pattern = readonly PatternPart[];

/** What is asked of a field's value. */
export type Test =
  | { readonly kind: 'pattern'; readonly pattern: Pattern; readonly isCased: boolean }
  /** Occurs anywhere in the value; `flags` are of i, m and s. */
  | { readonly kind: 'regex'; readonly regex: string; readonly flags: string }
  /** An IP network with its prefix length, such as 10.0.0.0/8. */
  | { readonly kind: 'network'; readonly network: string }
  | { readonly kind: 'order'; readonly operator: '<' | '<=' | '>' | '>='; readonly number: string }
  | { readonly kind: 'exists'; readonly isExpected: boolean }
  | { readonly kind: 'same-as'; readonly field: string; readonly isCased: boolean };

/** A test of one field; without a field (a keyword), of the whole event. */
export type FieldTest = {
  readonly kind: 'test';
  /** Sigma's name of it; null for a keyword. */
  readonly field: string | null;
  readonly test: Test;
};

/** What an event must be like. A field that the event lacks passes no test but `exists: false`. */
export type Match =
  | FieldTest
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Match[] }
  | { readonly kind: 'not'; readonly operand: Match };

export const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type SigmaLevel = (typeof LEVELS)[number];

export const STATUSES = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'] as const;
export type SigmaStatus = (typeof STATUSES)[number];

/** Which log a rule reads. Lower case; null where the rule does not say. */
export type SigmaLogSource = {
  readonly category: string | null;
  readonly product: string | null;
  readonly service: string | null;
  readonly definition: string | null;
  readonly place: Place;
};

export type SigmaRule = {
  readonly title: string;
  readonly id: string | null;
  readonly status: SigmaStatus | null;
  readonly description: string | null;
  readonly author: string | null;
  readonly date: string | null;
  readonly modified: string | null;
  readonly level: SigmaLevel | null;
  readonly references: readonly string[];
  readonly falsepositives: readonly string[];
  readonly tags: readonly string[];
  /** ATT&CK techniques of the tags, such as T1059.001. */
  readonly techniques: readonly string[];
  readonly related: readonly { readonly id: string; readonly type: string }[];
  readonly logsource: SigmaLogSource;
  readonly match: Match;
};

/** `and` or `or` of what is given; of one operand the operand itself. */
export function combine(kind: 'and' | 'or', operands: readonly Match[]): Match {
  const [only] = operands;
  return operands.length === 1 && only !== undefined ? only : { kind, operands };
}

/** A tree's size: characters to look for, and what each test costs beside. A shared part counts each time. */
export function sizeOf(match: Match): number {
  switch (match.kind) {
    case 'test':
      return TEST_SIZE + textLength(match.test);
    case 'not':
      return sizeOf(match.operand);
    case 'and':
    case 'or':
      return match.operands.reduce((sum, operand) => sum + sizeOf(operand), 0);
  }
}

const TEST_SIZE = 20;

function textLength(test: Test): number {
  if (test.kind === 'regex') return test.regex.length;
  if (test.kind !== 'pattern') return 0;
  return test.pattern.reduce((sum, part) => sum + ('text' in part ? part.text.length : 1), 0);
}

/**
 * Tests of which one must hold for a rule to cover a row: that a value is a text, or begins or ends with it. Rules are found by
 * them, so that most need not be asked.
 */
import type { SearchExpression } from '#lib/spl/ast.ts';
import { parseNetwork } from '#lib/spl/cidr.ts';
import { foldCase } from '#lib/spl/pattern.ts';
import { fieldUses, type RowCommand } from './body.ts';

export type Anchor = {
  readonly field: string;
  readonly kind: 'is' | 'starts' | 'ends';
  /** As foldCase writes it; not empty unless it is the whole value. */
  readonly value: string;
};
/** Null: nothing is certain, the rule must be asked. Empty: it covers nothing. */
type Anchors = readonly Anchor[] | null;

export function anchorsOf(commands: readonly RowCommand[]): Anchors {
  // Without OUTPUT a lookup writes columns that the text does not name.
  if (commands.some((command) => command.kind === 'lookup' && command.outputs === null)) return null;
  const uses = fieldUses({ source: '', commands });
  const written = new Set(uses.flatMap(({ name, isWritten }) => (isWritten ? [name] : [])));
  return anyOf(
    commands.map((command) => {
      if (command.kind === 'search') return dropped(command.expression, written);
      return command.kind === 'eval' || command.kind === 'lookup' ? [] : null;
    }),
  );
}

const anyOf = (alternatives: readonly Anchors[]): Anchors => {
  const known = alternatives.filter((anchors) => anchors !== null);
  return known.length < alternatives.length ? null : known.flat();
};

/** What narrows the most: an equality more than a beginning, few more than many. */
const breadth = (anchors: readonly Anchor[]): number =>
  anchors.reduce((sum, { kind }) => sum + (kind === 'is' ? 1 : 20), 0);

const bestOf = (conjuncts: readonly Anchors[]): Anchors =>
  conjuncts
    .filter((anchors) => anchors !== null)
    .reduce<Anchors>(
      (best, anchors) => (best === null || breadth(anchors) < breadth(best) ? anchors : best),
      null,
    );

type Written = ReadonlySet<string>;

/** Of rows that the terms do not keep. */
function dropped(node: SearchExpression, written: Written): Anchors {
  switch (node.kind) {
    case 'not':
      return kept(node.operand, written);
    case 'and':
      return anyOf(node.operands.map((operand) => dropped(operand, written)));
    case 'or':
      return bestOf(node.operands.map((operand) => dropped(operand, written)));
    case 'all':
      return [];
    default:
      return null;
  }
}

/** Of rows that the terms keep. */
function kept(node: SearchExpression, written: Written): Anchors {
  switch (node.kind) {
    case 'not':
      return dropped(node.operand, written);
    case 'or':
      return anyOf(node.operands.map((operand) => kept(operand, written)));
    case 'and':
      return bestOf(node.operands.map((operand) => kept(operand, written)));
    case 'compare':
    case 'in': {
      if (written.has(node.field)) return null;
      if (node.kind === 'in') return anyOf(node.values.map(({ text }) => anchorOf(node.field, text)));
      return node.operator === '=' ? anchorOf(node.field, node.value.text) : null;
    }
    default:
      return null;
  }
}

function anchorOf(field: string, text: string): Anchors {
  if (parseNetwork(text) !== null) return null;
  const parts = text.split('*').map(foldCase);
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return [{ field, kind: 'is', value: first }];
  if (first === '' && last === '') return null;
  return first.length >= last.length
    ? [{ field, kind: 'starts', value: first }]
    : [{ field, kind: 'ends', value: last }];
}

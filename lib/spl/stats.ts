/**
 * Groups rows and computes the functions of `stats` and `tstats`. A row whose by-field is null belongs to no group; a
 * multivalue by-field puts it in one group a value. Groups come out sorted by their by-values.
 */
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { type Accumulator, AGGREGATES, type AggregateDefinition } from './aggregates.ts';
import type { Aggregate, FieldName, Span } from './ast.ts';
import { compileExpression } from './expression.ts';
import type { RunContext, Value } from './functions.ts';
import { quoteForMessage, suggest } from './nearest.ts';
import { type Accessor, WorkRow } from './row.ts';
import { failAt } from './syntax.ts';
import { compareText, type Scalar, scalarsOf, toText } from './value.ts';

const MAX_GROUPS = 1_000_000;
/** Of one row over several multivalue by-fields. */
const MAX_COMBINATIONS = 100_000;

export type GroupingPlan = {
  readonly span: Span;
  readonly aggregates: readonly CompiledAggregate[];
  readonly by: readonly { readonly name: string; readonly read: Accessor }[];
  /** What replaces a null by-value; null: such a row is dropped. */
  readonly fillNullValue: string | null;
  /** What lenient mode puts for a null by-value that strict mode drops. */
  readonly lenientValue: string;
};

type CompiledAggregate = {
  readonly as: string;
  readonly definition: AggregateDefinition;
  /** The value to add, null for none. Null function: the row counts as it is. */
  readonly read: ((row: SearchableEvent, context: RunContext) => FieldValue) | null;
};

type ReadField = (field: FieldName) => Accessor;

function compileArgument({ argument, func }: Aggregate, readField: ReadField): CompiledAggregate['read'] {
  if (argument === null) return null;
  if ('name' in argument && !('kind' in argument)) {
    if (argument.name.includes('*'))
      failAt(argument, `${func}() takes one field: wildcards cannot stand there.`);
    const read = readField(argument);
    return (row) => read(row);
  }
  const { evaluate } = compileExpression(argument);
  // count(eval(x=1)) counts the rows for which it is true.
  const fieldValueOf = (value: Value): FieldValue => {
    if (typeof value !== 'boolean') return value;
    return value ? 'True' : null;
  };
  return (row, context) => fieldValueOf(evaluate(row, context));
}

/** Throws SplError for functions that do not exist or lack a field, and for columns of one name. */
export function compileAggregates(
  aggregates: readonly Aggregate[],
  by: readonly FieldName[],
  readField: ReadField,
): readonly CompiledAggregate[] {
  const names = new Set(by.map((field) => field.name));
  return aggregates.map((aggregate) => {
    const { func, as } = aggregate;
    const definition = Object.hasOwn(AGGREGATES, func) ? AGGREGATES[func] : undefined;
    if (definition === undefined) {
      const known = Object.keys(AGGREGATES).sort();
      const remedy = suggest(func, known) || ` Supported are ${known.join(', ')}.`;
      return failAt(aggregate, `There is no statistical function ${quoteForMessage(func)}.${remedy}`);
    }
    if (aggregate.argument === null && !definition.isBare) {
      failAt(aggregate, `${func}() needs a field: ${func}(FIELD).`);
    }
    if (names.has(as)) failAt(aggregate, `There are two columns ${quoteForMessage(as)}: name one with "as".`);
    names.add(as);
    return { as, definition, read: compileArgument(aggregate, readField) };
  });
}

type Group = {
  /** By-values in the order of the by-fields. */
  readonly values: Scalar[];
  readonly filled: readonly string[];
  readonly accumulators: readonly Accumulator[];
  readonly sources: number[];
};

/** All combinations of one value a by-field; empty when a by-field has none. */
function combine(columns: readonly (readonly Scalar[])[], span: Span): Scalar[][] {
  let combinations: Scalar[][] = [[]];
  for (const column of columns) {
    if (combinations.length * column.length > MAX_COMBINATIONS) {
      failAt(
        span,
        `One event has more than ${MAX_COMBINATIONS} combinations of by-values: group by fewer fields.`,
      );
    }
    combinations = combinations.flatMap((values) => column.map((value) => [...values, value]));
  }
  return combinations;
}

/** A text that is the same for equal values only. */
function keyOf(values: readonly Scalar[], filled: readonly string[]): string {
  let key = '';
  for (const value of values) {
    const text = toText(value);
    key += `${text.length}:${text}`;
  }
  return filled.length === 0 ? key : `${key}|${filled.join('|')}`;
}

export function groupRows(
  plan: GroupingPlan,
  rows: readonly WorkRow[],
  context: RunContext,
  isLenient: boolean,
): WorkRow[] {
  const groups = new Map<string, Group>();

  const findGroup = (values: Scalar[], filled: readonly string[]): Group => {
    const key = keyOf(values, filled);
    const known = groups.get(key);
    if (known !== undefined) {
      // A number and its text are one value; which one is shown must not depend on which came first.
      for (let index = 0; index < values.length; index++) {
        const value = known.values[index];
        if (typeof value === 'number' && typeof values[index] === 'string')
          known.values[index] = toText(value);
      }
      return known;
    }
    if (groups.size >= MAX_GROUPS)
      failAt(plan.span, `More than ${MAX_GROUPS} groups: group by fewer fields.`);
    const accumulators = plan.aggregates.map(({ definition }) => definition.create());
    const group: Group = { values, filled, accumulators, sources: [] };
    groups.set(key, group);
    return group;
  };

  const addTo = (group: Group, row: WorkRow): void => {
    for (const source of row.origin.sources) group.sources.push(source);
    for (let index = 0; index < plan.aggregates.length; index++) {
      const accumulator = group.accumulators[index];
      const read = plan.aggregates[index]?.read;
      if (accumulator === undefined || read === undefined) continue;
      const value = read === null ? 1 : read(row, context);
      if (value === null) continue;
      if (typeof value !== 'object') accumulator.add(value, row);
      else for (const item of value) accumulator.add(item, row);
    }
  };

  if (plan.by.length === 0) findGroup([], []);
  for (const row of rows) {
    const filled = [...row.origin.filled];
    const columns: (readonly Scalar[])[] = [];
    for (const { name, read } of plan.by) {
      const values = scalarsOf(read(row));
      if (values.length > 0) columns.push(values);
      else if (plan.fillNullValue !== null) columns.push([plan.fillNullValue]);
      else if (isLenient) {
        columns.push([plan.lenientValue]);
        if (!filled.includes(name)) filled.push(name);
      } else break;
    }
    if (columns.length < plan.by.length) continue;
    for (const values of combine(columns, plan.span)) addTo(findGroup(values, filled), row);
  }

  return [...groups.values()].sort(compareGroups).map((group) => toWorkRow(plan, group));
}

function compareLists(left: readonly Scalar[], right: readonly Scalar[]): number {
  for (let index = 0; index < left.length; index++) {
    const order = compareText(toText(left[index] ?? ''), toText(right[index] ?? ''));
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const compareGroups = (left: Group, right: Group): number =>
  compareLists(left.values, right.values) || compareLists(left.filled, right.filled);

function toWorkRow(plan: GroupingPlan, group: Group): WorkRow {
  const key = plan.by.map(({ name }, index) => [name, group.values[index] ?? null] as const);
  const results = plan.aggregates.map(
    ({ as }, index) => [as, group.accumulators[index]?.result() ?? null] as const,
  );
  const sources = [...new Set(group.sources)].sort((left, right) => left - right);
  return WorkRow.ofFields([...key, ...results], { sources, key, filled: group.filled });
}

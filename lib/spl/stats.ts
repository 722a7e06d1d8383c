/**
 * Groups rows and computes the functions of `stats`, `tstats` and `eventstats`. A row whose by-field is null belongs to no
 * group; a multivalue by-field puts it in one group a value. Groups come out sorted by their by-values.
 */
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { type Accumulator, AGGREGATE_NAMES, type AggregateDefinition, findAggregate } from './aggregates.ts';
import type { Aggregate, ByField, FieldName, Span } from './ast.ts';
import { bucketOfSeconds } from './bucket.ts';
import type { Budget } from './budget.ts';
import { compileExpression } from './expression.ts';
import type { RunContext, Value } from './functions.ts';
import { isWildcard, renameNames } from './names.ts';
import { quoteForMessage, suggest } from './nearest.ts';
import { type Accessor, WorkRow } from './row.ts';
import type { Run } from './stage.ts';
import { failAt } from './syntax.ts';
import { compareText, fieldValueOf, type Scalar, scalarsOf, toText } from './value.ts';

const MAX_GROUPS = 1_000_000;
/** Of one row over several multivalue by-fields. */
const MAX_COMBINATIONS = 100_000;

export type GroupingPlan = {
  readonly span: Span;
  readonly aggregates: readonly CompiledAggregate[];
  readonly by: readonly CompiledBy[];
  /** What replaces a null by-value; null: such a row is dropped. */
  readonly fillNullValue: string | null;
  /** What lenient mode puts for a null by-value that strict mode drops. */
  readonly lenientValue: string;
};

export type CompiledBy = {
  readonly name: string;
  readonly read: (row: SearchableEvent, context: RunContext) => FieldValue;
};

export type CompiledAggregate = {
  readonly as: string;
  /** Fields to take, when the argument has a wildcard: `as` has one too then. */
  readonly wildcard: string | null;
  readonly definition: AggregateDefinition;
  /** The value to add, null for none. Null function: the row counts as it is. */
  readonly read: ((row: SearchableEvent, context: RunContext) => FieldValue) | null;
};

type ReadField = (field: FieldName) => Accessor;

export function compileBy(by: readonly ByField[], readField: ReadField): readonly CompiledBy[] {
  return by.map((field) => {
    const read = readField(field);
    const { name, bucket } = field;
    if (bucket === null) return { name, read: (row) => read(row) };
    return {
      name,
      read: (row, context) =>
        fieldValueOf(scalarsOf(read(row)).map((value) => bucketOfSeconds(value, bucket, context.timeZone))),
    };
  });
}

function compileArgument({ argument }: Aggregate, readField: ReadField): CompiledAggregate['read'] {
  if (argument === null) return null;
  if ('name' in argument && !('kind' in argument)) {
    const read = readField(argument);
    return (row) => read(row);
  }
  const { evaluate } = compileExpression(argument);
  // count(eval(x=1)) counts the rows for which it is true.
  const fieldOf = (value: Value): FieldValue => {
    if (typeof value !== 'boolean') return value;
    return value ? 'True' : null;
  };
  return (row, context) => fieldOf(evaluate(row, context));
}

function wildcardOf({ argument, as, func }: Aggregate): string | null {
  if (argument === null || !('name' in argument) || 'kind' in argument || !isWildcard(argument.name))
    return null;
  if (argument.name.split('*').length !== as.split('*').length) {
    failAt(argument, `Both sides of "as" need the same number of wildcards: ${func}(${argument.name}) as ….`);
  }
  return argument.name;
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
    const definition = findAggregate(func);
    if (definition === null) {
      const remedy = suggest(func, AGGREGATE_NAMES) || ` Supported are ${AGGREGATE_NAMES.join(', ')}.`;
      return failAt(aggregate, `There is no statistical function ${quoteForMessage(func)}.${remedy}`);
    }
    if (aggregate.argument === null && !definition.isBare) {
      failAt(aggregate, `${func}() needs a field: ${func}(FIELD).`);
    }
    if (names.has(as)) failAt(aggregate, `There are two columns ${quoteForMessage(as)}: name one with "as".`);
    names.add(as);
    const wildcard = wildcardOf(aggregate);
    return {
      as,
      wildcard,
      definition,
      read: wildcard === null ? compileArgument(aggregate, readField) : null,
    };
  });
}

/** Puts the fields that rows have in the place of wildcards. */
export function expandWildcards(plan: GroupingPlan, rows: readonly WorkRow[]): readonly CompiledAggregate[] {
  if (plan.aggregates.every(({ wildcard }) => wildcard === null)) return plan.aggregates;
  const taken = new Set(
    [...plan.by, ...plan.aggregates].map((column) => ('as' in column ? column.as : column.name)),
  );
  const names = new Set<string>();
  for (const row of rows) for (const name of row.fieldNames()) if (!name.startsWith('_')) names.add(name);
  return plan.aggregates.flatMap((aggregate) => {
    if (aggregate.wildcard === null) return [aggregate];
    return renameNames(aggregate.wildcard, aggregate.as, [...names], true).flatMap(([name, as]) => {
      if (taken.has(as)) return [];
      taken.add(as);
      return [{ ...aggregate, as, wildcard: null, read: (row: SearchableEvent) => row.get(name) }];
    });
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

/** All by-values of a row, one list a by-field; null when one is missing. Adds to `filled` what lenient mode fills. */
function readBy(
  plan: GroupingPlan,
  row: WorkRow,
  { context, isLenient }: Run,
  filled: string[],
): readonly (readonly Scalar[])[] | null {
  const columns: (readonly Scalar[])[] = [];
  for (const { name, read } of plan.by) {
    const values = scalarsOf(read(row, context));
    if (values.length > 0) columns.push(values);
    else if (plan.fillNullValue !== null) columns.push([plan.fillNullValue]);
    else if (isLenient) {
      columns.push([plan.lenientValue]);
      if (!filled.includes(name)) filled.push(name);
    } else return null;
  }
  return columns;
}

/** Adds a row to the accumulators of its group. */
export function accumulate(
  aggregates: readonly CompiledAggregate[],
  accumulators: readonly Accumulator[],
  row: WorkRow,
  context: RunContext,
): void {
  for (let index = 0; index < aggregates.length; index++) {
    const accumulator = accumulators[index];
    const read = aggregates[index]?.read;
    if (accumulator === undefined || read === undefined) continue;
    const value = read === null ? 1 : read(row, context);
    if (value === null) continue;
    if (typeof value !== 'object') accumulator.add(value, row);
    else for (const item of value) accumulator.add(item, row);
  }
}

export function createAccumulators(
  aggregates: readonly CompiledAggregate[],
  budget: Budget,
  span: Span,
): readonly Accumulator[] {
  const take = (characters: number): void => budget.take(characters, span);
  return aggregates.map(({ definition }) => definition.create(take));
}

export function groupRows(plan: GroupingPlan, rows: readonly WorkRow[], run: Run): WorkRow[] {
  const groups = new Map<string, Group>();
  const aggregates = expandWildcards(plan, rows);
  const { budget, context } = run;

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
    budget.take(key.length, plan.span);
    const accumulators = createAccumulators(aggregates, budget, plan.span);
    const group: Group = { values, filled, accumulators, sources: [] };
    groups.set(key, group);
    return group;
  };

  const addTo = (group: Group, row: WorkRow): void => {
    for (const source of row.origin.sources) group.sources.push(source);
    accumulate(aggregates, group.accumulators, row, context);
  };

  if (plan.by.length === 0) findGroup([], []);
  for (const row of rows) {
    budget.tick();
    const filled = [...row.origin.filled];
    const columns = readBy(plan, row, run, filled);
    if (columns === null) continue;
    for (const values of combine(columns, plan.span)) addTo(findGroup(values, filled), row);
  }
  return [...groups.values()].sort(compareGroups).map((group) => toWorkRow(plan, aggregates, group));
}

/** eventstats: the functions of a row's group are added to it. Of several by-values the first counts. */
export function addGroupValues(plan: GroupingPlan, rows: readonly WorkRow[], run: Run): readonly WorkRow[] {
  const groups = new Map<string, readonly Accumulator[]>();
  const aggregates = expandWildcards(plan, rows);
  const found = rows.map((row) => {
    run.budget.tick();
    const values = readBy(plan, row, { ...run, isLenient: false }, [])?.map(([first]) => first ?? '');
    if (values === undefined) return null;
    const key = keyOf(values, []);
    let group = groups.get(key);
    if (group === undefined) {
      run.budget.take(key.length, plan.span);
      group = createAccumulators(aggregates, run.budget, plan.span);
      groups.set(key, group);
    }
    accumulate(aggregates, group, row, run.context);
    return group;
  });
  const results = new Map([...groups.values()].map((group) => [group, group.map((one) => one.result())]));
  for (const [index, row] of rows.entries()) {
    const group = found[index];
    const values = group ? results.get(group) : undefined;
    if (values === undefined) continue;
    for (const [at, { as }] of aggregates.entries()) row.set(as, values[at] ?? null);
  }
  return rows;
}

/** streamstats: the functions of the rows up to a row, of its by-values, are added to it. */
export function addRunningValues(
  plan: GroupingPlan,
  options: { isCurrent: boolean; window: number; isGlobal: boolean; isResetOnChange: boolean },
  rows: readonly WorkRow[],
  run: Run,
): readonly WorkRow[] {
  const { budget, context } = run;
  const aggregates = expandWildcards(plan, rows);
  const create = (): readonly Accumulator[] => createAccumulators(aggregates, budget, plan.span);
  const groups = new Map<string, readonly Accumulator[]>();
  let recent: { readonly key: string; readonly row: WorkRow }[] = [];
  let lastKey: string | null = null;
  /** Over the last rows only: computed anew each time, because most functions cannot forget. */
  const ofWindow = (key: string): readonly Accumulator[] => {
    const accumulators = create();
    const inWindow = options.isGlobal ? recent : recent.filter((one) => one.key === key);
    for (const one of inWindow.slice(-options.window)) {
      budget.tick();
      if (one.key === key) accumulate(aggregates, accumulators, one.row, context);
    }
    return accumulators;
  };
  const ofAll = (key: string): readonly Accumulator[] => {
    let group = groups.get(key);
    if (group === undefined) {
      group = create();
      groups.set(key, group);
    }
    return group;
  };
  for (const row of rows) {
    budget.tick();
    const values = readBy(plan, row, { ...run, isLenient: false }, [])?.map(([first]) => first ?? '');
    if (values === undefined) continue;
    const key = keyOf(values, []);
    if (options.isResetOnChange && lastKey !== null && lastKey !== key) {
      groups.clear();
      recent = [];
    }
    lastKey = key;
    // The row as it came, before this command adds to it.
    const seen = row.copy();
    const show = (accumulators: readonly Accumulator[]): void => {
      for (const [index, { as }] of aggregates.entries()) row.set(as, accumulators[index]?.result() ?? null);
    };
    const count = (): void => {
      if (options.window > 0) recent.push({ key, row: seen });
      else accumulate(aggregates, ofAll(key), seen, context);
    };
    if (options.isCurrent) count();
    show(options.window > 0 ? ofWindow(key) : ofAll(key));
    if (!options.isCurrent) count();
    if (options.isGlobal && recent.length > options.window) recent = recent.slice(-options.window);
  }
  return rows;
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

function toWorkRow(plan: GroupingPlan, aggregates: readonly CompiledAggregate[], group: Group): WorkRow {
  const key = plan.by.map(({ name }, index) => [name, group.values[index] ?? null] as const);
  const results = aggregates.map(
    ({ as }, index) => [as, group.accumulators[index]?.result() ?? null] as const,
  );
  const sources = [...new Set(group.sources)].sort((left, right) => left - right);
  return WorkRow.ofFields([...key, ...results], { sources, key, filled: group.filled, split: [] });
}

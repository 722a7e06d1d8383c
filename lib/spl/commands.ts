/** Compiles each command to a stage: one function each. */
import type { Command, FieldName } from './ast.ts';
import { compileCondition, compileExpression } from './expression.ts';
import { isWildcard, matchNames, renameNames } from './names.ts';
import { readField, WorkRow } from './row.ts';
import { compileTerms, type FieldScope } from './search-terms.ts';
import type { Stage } from './stage.ts';
import { compileAggregates, type GroupingPlan, groupRows } from './stats.ts';
import { failAt } from './syntax.ts';
import { formatTime } from './time-format.ts';
import {
  compareScalars,
  compareText,
  type Scalar,
  scalarsOf,
  secondsToTicks,
  toNumber,
  toText,
} from './value.ts';

type Of<Kind extends Command['kind']> = Extract<Command, { readonly kind: Kind }>;

const same = (before: readonly string[] | null): readonly string[] | null => before;
const withColumns = (before: readonly string[] | null, added: readonly string[]): readonly string[] | null =>
  before === null ? null : [...new Set([...before, ...added])];

export function compileSearch(expression: Of<'search'>['expression'], scope: FieldScope): Stage {
  const terms = compileTerms(expression, scope);
  return { kind: 'filter', test: terms.test, terms, usesRun: false, columns: same };
}

export function compileWhere(command: Of<'where'>): Stage {
  const { evaluate, usesRun } = compileCondition(command.expression);
  return {
    kind: 'filter',
    test: (event, context) => evaluate(event, context) === true,
    terms: null,
    usesRun,
    columns: same,
  };
}

export function compileEval(command: Of<'eval'>): Stage {
  const assignments = command.assignments.map(({ field, expression }) => {
    const compiled = compileExpression(expression);
    if (compiled.kind === 'boolean') {
      failAt(expression, 'A field cannot hold true or false: write if(CONDITION, "yes", "no").');
    }
    return { field, ...compiled };
  });
  return {
    kind: 'map',
    usesRun: assignments.some(({ usesRun }) => usesRun),
    apply: (row, context) => {
      for (const { field, evaluate } of assignments) {
        const value = evaluate(row, context);
        row.set(field, typeof value === 'boolean' ? (value ? 'True' : 'False') : value);
      }
      return row;
    },
    columns: (before) =>
      withColumns(
        before,
        assignments.map(({ field }) => field),
      ),
  };
}

/** stats and tstats. */
export function compileGrouping(
  command: Of<'stats' | 'tstats'>,
  read: (field: FieldName) => ReturnType<typeof readField>,
  lenientValue: string,
): Stage {
  const plan: GroupingPlan = {
    span: { from: command.from, to: command.to },
    aggregates: compileAggregates(command.aggregates, command.by, read),
    by: command.by.map((field) => ({ name: field.name, read: read(field) })),
    fillNullValue: command.kind === 'tstats' ? command.fillNullValue : null,
    lenientValue,
  };
  return {
    kind: 'table',
    isGrouping: true,
    usesOrder: plan.aggregates.some(({ definition }) => definition.usesOrder),
    apply: (rows, context, isLenient) => groupRows(plan, rows, context, isLenient),
    columns: () => [...plan.by.map(({ name }) => name), ...plan.aggregates.map(({ as }) => as)],
  };
}

/** The value of an absent field goes over too: renaming it onto an existing field leaves that one empty. */
export function compileRename(command: Of<'rename'>): Stage {
  const apply = (names: () => readonly string[], rename: (name: string, as: string) => void): void => {
    for (const { field, as } of command.renamings) {
      for (const [name, renamed] of renameNames(field, as, isWildcard(field) ? names() : [])) {
        if (name !== renamed) rename(name, renamed);
      }
    }
  };
  return {
    kind: 'map',
    usesRun: false,
    apply: (row) => {
      apply(
        () => row.fieldNames(),
        (name, as) => row.rename(name, as),
      );
      return row;
    },
    columns: (before) => {
      if (before === null) return null;
      let columns = [...before];
      apply(
        () => columns,
        (name, as) => {
          if (!columns.includes(name)) return;
          columns = columns
            .filter((column) => column !== as)
            .map((column) => (column === name ? as : column));
        },
      );
      return columns;
    },
  };
}

/** Times that are absent or no numbers stay as they are. */
export function compileConvert(command: Of<'convert'>): Stage {
  const { timeFormat, conversions } = command;
  const convert = (value: Scalar, timeZone: string): Scalar => {
    const ticks = secondsToTicks(value);
    return (ticks === null ? null : formatTime(ticks, timeFormat, timeZone)) ?? value;
  };
  return {
    kind: 'map',
    usesRun: true,
    apply: (row, { timeZone }) => {
      for (const { field, as } of conversions) {
        for (const name of matchNames(field, isWildcard(field) ? row.fieldNames() : [])) {
          const value = row.get(name);
          const target = field === as ? name : as;
          if (value === null) continue;
          row.set(
            target,
            typeof value === 'object'
              ? value.map((item) => convert(item, timeZone))
              : convert(value, timeZone),
          );
        }
      }
      return row;
    },
    columns: (before) =>
      withColumns(
        before,
        conversions.filter(({ field, as }) => field !== as).map(({ as }) => as),
      ),
  };
}

/** Without fields it fills those that at least one row has; a field that no row has is not made. */
export function compileFillnull(command: Of<'fillnull'>): Stage {
  const { value } = command;
  const named = command.fields.map(({ name }) => name);
  if (named.length > 0 && !named.some(isWildcard)) {
    return {
      kind: 'map',
      usesRun: false,
      apply: (row) => {
        for (const name of named) if (row.get(name) === null) row.set(name, value);
        return row;
      },
      columns: (before) => withColumns(before, named),
    };
  }
  return {
    kind: 'table',
    isGrouping: false,
    usesOrder: false,
    apply: (rows) => {
      const present = new Set<string>();
      for (const row of rows) {
        for (const name of row.fieldNames()) {
          if (!name.startsWith('_') && !present.has(name) && row.get(name) !== null) present.add(name);
        }
      }
      const all = [...present];
      const names = named.length === 0 ? present : new Set(named.flatMap((name) => matchNames(name, all)));
      return rows.map((row) => row.withDefaults({ names, value }));
    },
    columns: same,
  };
}

/** `_time` and `_raw` go along with `fields`, as in Splunk, unless taken out by name. */
export function compileFields(command: Of<'fields'>): Stage {
  const patterns = command.fields.map(({ name }) => name);
  const select = (names: readonly string[]): string[] => {
    const matched = new Set(patterns.flatMap((pattern) => matchNames(pattern, names)));
    if (!command.isKeeping) return names.filter((name) => !matched.has(name));
    return [...matched, ...names.filter((name) => name.startsWith('_') && !matched.has(name))];
  };
  return {
    kind: 'map',
    usesRun: false,
    apply: (row) => {
      const kept = new Set(select(row.fieldNames()));
      for (const name of row.fieldNames()) if (!kept.has(name)) row.set(name, null);
      return row;
    },
    columns: (before) => {
      if (before === null) return null;
      return select(before).filter((name) => before.includes(name));
    },
  };
}

export function compileTable(command: Of<'table'>): Stage {
  const patterns = command.fields.map(({ name }) => name);
  const select = (names: readonly string[]): string[] => [
    ...new Set(patterns.flatMap((pattern) => matchNames(pattern, names))),
  ];
  return {
    kind: 'table',
    isGrouping: false,
    usesOrder: true,
    apply: (rows) =>
      rows.map((row) =>
        WorkRow.ofFields(
          select(row.fieldNames()).map((name) => [name, row.get(name)]),
          row.origin,
        ),
      ),
    columns: (before) => (before === null && patterns.some(isWildcard) ? null : select(before ?? [])),
  };
}

/** Rows without a value stand last, whatever the direction. */
export function compileSort(command: Of<'sort'>): Stage {
  const keys = command.keys.map((key) => ({ ...key, read: readField(key.field) }));
  const compareValues = (left: Scalar, right: Scalar, order: 'auto' | 'num' | 'str'): number => {
    if (order === 'str') return compareText(toText(left), toText(right));
    if (order === 'auto') return compareScalars(left, right);
    const isLeftNumber = toNumber(left) !== null;
    const isRightNumber = toNumber(right) !== null;
    return isLeftNumber === isRightNumber ? compareScalars(left, right) : isLeftNumber ? -1 : 1;
  };
  const compareRows = (left: WorkRow, right: WorkRow): number => {
    for (const { read, isDescending, order } of keys) {
      const [a] = scalarsOf(read(left));
      const [b] = scalarsOf(read(right));
      if (a === undefined || b === undefined) {
        if (a === b) continue;
        return a === undefined ? 1 : -1;
      }
      const result = compareValues(a, b, order);
      if (result !== 0) return isDescending ? -result : result;
    }
    return 0;
  };
  return {
    kind: 'table',
    isGrouping: false,
    usesOrder: true,
    apply: (rows) => {
      const sorted = [...rows].sort(compareRows);
      return command.limit === 0 ? sorted : sorted.slice(0, command.limit);
    },
    columns: same,
  };
}

export function compileHead(command: Of<'head'>): Stage {
  return {
    kind: 'table',
    isGrouping: false,
    usesOrder: true,
    apply: (rows) => rows.slice(0, command.limit),
    columns: same,
  };
}

/** Rows that lack one of the fields are dropped, as in Splunk. */
export function compileDedup(command: Of<'dedup'>): Stage {
  const reads = command.fields.map(({ name }) => readField(name));
  return {
    kind: 'table',
    isGrouping: false,
    usesOrder: true,
    apply: (rows) => {
      const counts = new Map<string, number>();
      return rows.filter((row) => {
        const values = reads.map((read) => scalarsOf(read(row)).map(toText));
        if (values.some((texts) => texts.length === 0)) return false;
        const key = JSON.stringify(values);
        const count = (counts.get(key) ?? 0) + 1;
        counts.set(key, count);
        return count <= command.limit;
      });
    },
    columns: same,
  };
}

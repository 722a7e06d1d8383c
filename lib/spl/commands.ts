/** Compiles the commands that filter, change and arrange rows: one function each. */
import type { Command, Expression } from './ast.ts';
import { compareAddresses } from './cidr.ts';
import { compileCondition, compileExpression, fieldsIn } from './expression.ts';
import { NO_RUN } from './functions.ts';
import { isWildcard, matchNames, renameNames } from './names.ts';
import { findInText } from './regex.ts';
import { readField, WorkRow } from './row.ts';
import { describeValue } from './search-terms.ts';
import { type Stage, sameColumns, type TableStage, withColumns } from './stage.ts';
import { failAt } from './syntax.ts';
import { formatTime } from './time-format.ts';
import type { MatchedTerm } from './types.ts';
import {
  compareScalars,
  compareText,
  type Scalar,
  scalarsOf,
  secondsToTicks,
  toNumber,
  toText,
} from './value.ts';

export type Of<Kind extends Command['kind']> = Extract<Command, { readonly kind: Kind }>;

/** The parts of a condition that must all be true. */
function conjunctsOf(expression: Expression): readonly Expression[] {
  return expression.kind === 'and' ? expression.operands.flatMap(conjunctsOf) : [expression];
}

/** Where a pattern written in the search stands in the value: of match() only. */
function rangesOf(expression: Expression, value: string): MatchedTerm['ranges'] {
  if (expression.kind !== 'call' || expression.name !== 'match') return [];
  const pattern = expression.args[1];
  const range = pattern?.kind === 'string' ? findInText(value, pattern.value) : null;
  return range === null ? [] : [range];
}

export function compileWhere(command: Of<'where'>, text: string): Stage {
  const { evaluate, usesRun } = compileCondition(command.expression);
  const conjuncts = conjunctsOf(command.expression).map((expression) => {
    const [field = null] = fieldsIn(expression);
    return {
      expression,
      field,
      term: text.slice(expression.from, expression.to),
      evaluate: compileCondition(expression).evaluate,
      read: field === null ? () => null : readField(field),
    };
  });
  return {
    kind: 'filter',
    test: (event, context) => evaluate(event, context) === true,
    explain: (event, terms) => {
      for (const { expression, field, term, read } of conjuncts) {
        const value = describeValue(read(event));
        if (field !== null && value !== null) {
          terms.push({ field, term, value, ranges: rangesOf(expression, value) });
        }
      }
    },
    whyNot: (event) => {
      const failed = conjuncts.find((one) => one.evaluate(event, NO_RUN) !== true);
      if (failed === undefined)
        return { term: text.slice(command.from, command.to), field: null, value: null };
      return { term: failed.term, field: failed.field, value: describeValue(failed.read(event)) };
    },
    needles: [],
    usesRun,
    columns: sameColumns,
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
    columns: sameColumns,
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
function compareBy(keys: Of<'sort'>['keys']): (left: WorkRow, right: WorkRow) => number {
  const readers = keys.map((key) => ({ ...key, read: readField(key.field) }));
  const compareValues = (left: Scalar, right: Scalar, order: Of<'sort'>['keys'][number]['order']): number => {
    if (order === 'str') return compareText(toText(left), toText(right));
    if (order === 'ip') return compareAddresses(toText(left), toText(right));
    if (order === 'auto') return compareScalars(left, right);
    const isLeftNumber = toNumber(left) !== null;
    const isRightNumber = toNumber(right) !== null;
    return isLeftNumber === isRightNumber ? compareScalars(left, right) : isLeftNumber ? -1 : 1;
  };
  return (left, right) => {
    for (const { read, isDescending, order } of readers) {
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
}

const arranged = (apply: TableStage['apply']): Stage => ({
  kind: 'table',
  isGrouping: false,
  usesOrder: true,
  apply,
  columns: sameColumns,
});

export function compileSort(command: Of<'sort'>): Stage {
  const compare = compareBy(command.keys);
  return arranged((rows) => {
    const sorted = [...rows].sort(compare);
    return command.limit === 0 ? sorted : sorted.slice(0, command.limit);
  });
}

export function compileReverse(): Stage {
  return arranged((rows) => rows.toReversed());
}

/** The last rows come in reverse order, as in Splunk. */
export function compileHead({ kind, limit }: Of<'head' | 'tail'>): Stage {
  return arranged((rows) =>
    kind === 'head' ? rows.slice(0, limit) : rows.slice(Math.max(0, rows.length - limit)).reverse(),
  );
}

/** Rows that lack one of the fields are dropped, as in Splunk, unless keepempty is set. */
export function compileDedup(command: Of<'dedup'>): Stage {
  const reads = command.fields.map(({ name }) => readField(name));
  const compare = command.sortBy.length === 0 ? null : compareBy(command.sortBy);
  return arranged((rows, { budget }) => {
    const counts = new Map<string, number>();
    const kept = rows.filter((row) => {
      budget.tick();
      const values = reads.map((read) => scalarsOf(read(row)).map(toText));
      if (values.some((texts) => texts.length === 0)) return command.isKeepingEmpty;
      const key = JSON.stringify(values);
      const known = counts.get(key);
      if (command.isConsecutive && known === undefined) counts.clear();
      if (known === undefined) budget.take(key.length, command);
      counts.set(key, (known ?? 0) + 1);
      return (known ?? 0) < command.limit;
    });
    return compare === null ? kept : kept.sort(compare);
  });
}

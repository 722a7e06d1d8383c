/** Compiles stats, tstats, eventstats and streamstats. */
import type { FieldName } from './ast.ts';
import type { Of } from './commands.ts';
import { type Accessor, readField } from './row.ts';
import { type Stage, withColumns } from './stage.ts';
import {
  addGroupValues,
  addRunningValues,
  compileAggregates,
  compileBy,
  type GroupingPlan,
  groupRows,
} from './stats.ts';

type ReadField = (field: FieldName) => Accessor;
const readEvent: ReadField = (field) => readField(field.name);

function planOf(
  command: Of<'stats' | 'tstats' | 'eventstats' | 'streamstats'>,
  read: ReadField,
  lenientValue: string,
): GroupingPlan {
  return {
    span: { from: command.from, to: command.to },
    aggregates: compileAggregates(command.aggregates, command.by, read),
    by: compileBy(command.by, read),
    fillNullValue: command.kind === 'tstats' ? command.fillNullValue : null,
    lenientValue,
  };
}

const usesOrder = (plan: GroupingPlan): boolean =>
  plan.aggregates.some(({ definition }) => definition.usesOrder);

const columnsOf = (plan: GroupingPlan): readonly string[] | null =>
  plan.aggregates.some(({ wildcard }) => wildcard !== null)
    ? null
    : [...plan.by.map(({ name }) => name), ...plan.aggregates.map(({ as }) => as)];

/** stats and tstats: one row a group. */
export function compileGrouping(
  command: Of<'stats' | 'tstats'>,
  read: ReadField = readEvent,
  lenientValue = 'null',
): Stage {
  const plan = planOf(command, read, lenientValue);
  return {
    kind: 'table',
    isGrouping: true,
    usesOrder: usesOrder(plan),
    apply: (rows, run) => groupRows(plan, rows, run),
    columns: () => columnsOf(plan),
  };
}

export function compileEventstats(command: Of<'eventstats'>): Stage {
  const plan = planOf(command, readEvent, 'null');
  return {
    kind: 'table',
    isGrouping: false,
    usesOrder: usesOrder(plan),
    apply: (rows, run) => addGroupValues(plan, rows, run),
    columns: (before) => added(before, plan),
  };
}

export function compileStreamstats(command: Of<'streamstats'>): Stage {
  const plan = planOf(command, readEvent, 'null');
  return {
    kind: 'table',
    isGrouping: false,
    usesOrder: true,
    apply: (rows, run) => addRunningValues(plan, command, rows, run),
    columns: (before) => added(before, plan),
  };
}

function added(before: readonly string[] | null, plan: GroupingPlan): readonly string[] | null {
  const columns = columnsOf(plan);
  return columns === null ? null : withColumns(before, columns.slice(plan.by.length));
}

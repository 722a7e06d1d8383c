/**
 * Groups events that belong together, as Splunk's search reference, "transaction", describes: events with the same fields,
 * within maxspan and maxpause, from one that starts to one that ends. Events are taken from the newest to the oldest.
 */
import type { FieldValue } from '#lib/events/event.ts';
import type { RowCondition } from './ast.ts';
import type { Of } from './commands.ts';
import { compileCondition } from './expression.ts';
import type { RunContext } from './functions.ts';
import { type Accessor, readField, ticksOf, WorkRow } from './row.ts';
import { compileTerms, type FieldScope } from './search-terms.ts';
import type { Run, Stage } from './stage.ts';
import { compareText, fieldValueOf, type Scalar, scalarsOf, ticksToSeconds, toText } from './value.ts';

const TICKS_PER_SECOND = 10_000_000n;
/** Open at a time; the oldest is closed beyond. Splunk's limit maxopentxn. */
const MAX_OPEN = 5_000;

type Test = (row: WorkRow, context: RunContext) => boolean;

type Open = {
  /** Values of the transaction's fields that are known so far. */
  readonly values: Map<string, string>;
  /** Newest first. */
  readonly rows: WorkRow[];
  readonly newest: bigint;
  oldest: bigint;
  readonly hasEnd: boolean;
  hasStart: boolean;
  order: number;
};

function compileRowCondition(condition: RowCondition | null, scope: FieldScope): Test | null {
  if (condition === null) return null;
  if (condition.kind === 'terms') {
    const { test } = compileTerms(condition.expression, scope);
    return (row) => test(row);
  }
  const { evaluate } = compileCondition(condition.expression);
  return (row, context) => evaluate(row, context) === true;
}

export function compileTransaction(command: Of<'transaction'>, scope: FieldScope): Stage {
  const fields = command.fields.map(({ name }) => ({ name, read: readField(name) }));
  const starts = compileRowCondition(command.startsWith, scope);
  const ends = compileRowCondition(command.endsWith, scope);
  return {
    kind: 'table',
    isGrouping: true,
    usesOrder: true,
    apply: (rows, run) => joinEvents(command, fields, { starts, ends }, rows, run),
    columns: () => null,
  };
}

type Fields = readonly { readonly name: string; readonly read: Accessor }[];

const ticksOfSeconds = (seconds: number | null): bigint | null =>
  seconds === null ? null : BigInt(seconds) * TICKS_PER_SECOND;

function joinEvents(
  command: Of<'transaction'>,
  fields: Fields,
  { starts, ends }: { readonly starts: Test | null; readonly ends: Test | null },
  rows: readonly WorkRow[],
  { context, budget }: Run,
): readonly WorkRow[] {
  const maxSpan = ticksOfSeconds(command.maxSpanSeconds);
  const maxPause = ticksOfSeconds(command.maxPauseSeconds);
  const open = new Set<Open>();
  const closed: Open[] = [];
  let count = 0;
  const close = (transaction: Open): void => {
    open.delete(transaction);
    const isWhole = (starts === null || transaction.hasStart) && (ends === null || transaction.hasEnd);
    if (isWhole || command.isKeepingEvicted) closed.push(transaction);
  };
  const begin = (row: WorkRow, time: bigint, values: Map<string, string>, hasEnd: boolean): Open => {
    const transaction = {
      values,
      rows: [row],
      newest: time,
      oldest: time,
      hasEnd,
      hasStart: false,
      order: count++,
    };
    open.add(transaction);
    if (open.size > MAX_OPEN) {
      const [oldest] = open;
      if (oldest !== undefined) close(oldest);
    }
    return transaction;
  };

  const newestFirst = rows.flatMap((row) => {
    const time = ticksOf(row);
    return time === null ? [] : [{ row, time }];
  });
  newestFirst.sort((left, right) => (left.time === right.time ? 0 : left.time > right.time ? -1 : 1));
  for (const { row, time } of newestFirst) {
    budget.tick();
    budget.take(0, command);
    const values = new Map<string, string>();
    for (const { name, read } of fields) {
      const [value] = scalarsOf(read(row));
      if (value !== undefined) values.set(name, toText(value));
    }
    if (fields.length > 0 && values.size === 0) continue;
    for (const transaction of open) {
      const isTooLong = maxSpan !== null && transaction.newest - time > maxSpan;
      const isTooLate = maxPause !== null && transaction.oldest - time > maxPause;
      if (isTooLong || isTooLate) close(transaction);
    }
    const found = [...open].findLast((transaction) => fits(transaction, values, command.isConnected));
    const isEnd = ends?.(row, context) ?? false;
    const isStart = starts?.(row, context) ?? false;
    let transaction = found;
    // Going back in time an end opens a transaction, and a start closes it.
    if (isEnd || transaction === undefined) {
      if (transaction !== undefined) close(transaction);
      if (ends !== null && !isEnd && !command.isKeepingEvicted) continue;
      transaction = begin(row, time, values, isEnd);
    } else {
      transaction.rows.push(row);
      transaction.oldest = time;
      for (const [name, value] of values) transaction.values.set(name, value);
    }
    if (isStart) transaction.hasStart = true;
    const isFull = command.maxEvents > 0 && transaction.rows.length >= command.maxEvents;
    if (isStart || isFull) close(transaction);
  }
  for (const transaction of open) close(transaction);
  return closed
    .sort((left, right) =>
      left.oldest === right.oldest ? left.order - right.order : left.oldest > right.oldest ? -1 : 1,
    )
    .map((transaction) => toRow(transaction, fields));
}

/** No field may differ; unless connected=false, one must be the same. */
function fits(transaction: Open, values: ReadonlyMap<string, string>, isConnected: boolean): boolean {
  let hasCommon = false;
  for (const [name, value] of values) {
    const known = transaction.values.get(name);
    if (known !== undefined && known !== value) return false;
    hasCommon ||= known !== undefined;
  }
  return hasCommon || values.size === 0 || !isConnected;
}

/** All values of its events, each once and in order, with duration in seconds and eventcount. */
function toRow(transaction: Open, fields: Fields): WorkRow {
  const oldestFirst = transaction.rows.toReversed();
  const names = new Set(oldestFirst.flatMap((row) => row.fieldNames()));
  const columns: [string, FieldValue][] = [];
  for (const name of names) {
    if (name === '_time') continue;
    const values = new Map<string, Scalar>();
    for (const row of oldestFirst)
      for (const value of scalarsOf(row.get(name))) values.set(toText(value), value);
    const distinct = [...values.values()];
    if (name !== '_raw') distinct.sort((left, right) => compareText(toText(left), toText(right)));
    columns.push([name, name === '_raw' ? distinct.map(toText).join('\n') : fieldValueOf(distinct)]);
  }
  const start = ticksToSeconds(transaction.oldest);
  columns.push(['_time', start]);
  columns.push(['duration', Number(ticksToSeconds(transaction.newest - transaction.oldest))]);
  columns.push(['eventcount', transaction.rows.length]);
  const key = [...fields.map(({ name }) => [name, transaction.values.get(name) ?? null] as const)];
  const sources = [...new Set(oldestFirst.flatMap((row) => row.origin.sources))].sort((a, b) => a - b);
  return WorkRow.ofFields(columns, {
    sources,
    key: [...key, ['_time', start]],
    filled: [...new Set(oldestFirst.flatMap((row) => row.origin.filled))],
    split: [],
  });
}

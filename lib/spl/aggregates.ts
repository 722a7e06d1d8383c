/** The functions of `stats` and `tstats`: one entry each. */
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { ticksOf } from './row.ts';
import { compareNumbers, compareText, fieldValueOf, type Scalar, toNumber, toText } from './value.ts';

export interface Accumulator {
  /** Takes one value of the field; of a multivalue each one. */
  add(value: Scalar, row: SearchableEvent): void;
  result(): FieldValue;
}

export type AggregateDefinition = {
  /** Whether it can stand without a field. */
  readonly isBare: boolean;
  /** Whether the order of rows counts (also through the rounding of sums). */
  readonly usesOrder: boolean;
  readonly create: () => Accumulator;
};

/** As in Splunk, list() keeps this many. */
const MAX_LIST = 100;

function createCount(): Accumulator {
  let count = 0;
  return {
    add: () => {
      count++;
    },
    result: () => count,
  };
}

/** The least (sign 1) or greatest (sign -1): as numbers when all are numbers, else as texts. */
function createExtreme(sign: 1 | -1): Accumulator {
  let number: Scalar | null = null;
  let text: string | null = null;
  let isNumeric = true;
  return {
    add: (value) => {
      const written = toText(value);
      if (text === null || sign * compareText(written, text) < 0) text = written;
      if (!isNumeric) return;
      const order = compareNumbers(value, number ?? value);
      if (order === null) isNumeric = false;
      else if (number === null || sign * order < 0) number = value;
      // 1 and 1.0 are equal: the choice must not depend on which came first.
      else if (order === 0 && compareText(written, toText(number)) < 0) number = value;
    },
    result: () => (isNumeric ? number : text),
  };
}

/** Numbers only; other values do not count. */
function createSum(finish: (sum: number, count: number) => number): Accumulator {
  let sum = 0;
  let count = 0;
  return {
    add: (value) => {
      const number = toNumber(value);
      if (number === null) return;
      sum += number;
      count++;
    },
    result: () => {
      const result = count === 0 ? Number.NaN : finish(sum, count);
      return Number.isFinite(result) ? result : null;
    },
  };
}

function createDistinct(finish: (values: Set<string>) => FieldValue): Accumulator {
  const values = new Set<string>();
  return {
    add: (value) => {
      values.add(toText(value));
    },
    result: () => finish(values),
  };
}

function createList(): Accumulator {
  const values: Scalar[] = [];
  return {
    add: (value) => {
      if (values.length < MAX_LIST) values.push(value);
    },
    result: () => fieldValueOf(values),
  };
}

function createPick(takesOver: (row: SearchableEvent, held: SearchableEvent) => boolean): Accumulator {
  let picked: Scalar | null = null;
  let heldRow: SearchableEvent | null = null;
  return {
    add: (value, row) => {
      if (heldRow !== null && (row === heldRow || !takesOver(row, heldRow))) return;
      picked = value;
      heldRow = row;
    },
    result: () => picked,
  };
}

/** Sign 1: earliest, -1: latest. Rows without a time never win over one with a time. */
function takesOverInTime(sign: 1 | -1): (row: SearchableEvent, held: SearchableEvent) => boolean {
  return (row, held) => {
    const time = ticksOf(row);
    const heldTime = ticksOf(held);
    if (time === null) return false;
    if (heldTime === null) return true;
    return sign === 1 ? time < heldTime : time > heldTime;
  };
}

const count: AggregateDefinition = { isBare: true, usesOrder: false, create: createCount };
const dc: AggregateDefinition = {
  isBare: false,
  usesOrder: false,
  create: () => createDistinct((values) => values.size),
};
const avg: AggregateDefinition = {
  isBare: false,
  usesOrder: true,
  create: () => createSum((sum, number) => sum / number),
};

export const AGGREGATES: Readonly<Record<string, AggregateDefinition>> = {
  count,
  c: count,
  dc,
  distinct_count: dc,
  min: { isBare: false, usesOrder: false, create: () => createExtreme(1) },
  max: { isBare: false, usesOrder: false, create: () => createExtreme(-1) },
  sum: { isBare: false, usesOrder: true, create: () => createSum((sum) => sum) },
  avg,
  mean: avg,
  values: {
    isBare: false,
    usesOrder: false,
    create: () => createDistinct((values) => fieldValueOf([...values].sort(compareText))),
  },
  list: { isBare: false, usesOrder: true, create: createList },
  first: { isBare: false, usesOrder: true, create: () => createPick(() => false) },
  last: { isBare: false, usesOrder: true, create: () => createPick(() => true) },
  earliest: { isBare: false, usesOrder: true, create: () => createPick(takesOverInTime(1)) },
  latest: { isBare: false, usesOrder: true, create: () => createPick(takesOverInTime(-1)) },
};

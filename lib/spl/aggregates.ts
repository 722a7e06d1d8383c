/** The functions of `stats` and its kin: one entry each. */
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { ticksOf } from './row.ts';
import {
  compareNumbers,
  compareText,
  fieldValueOf,
  type Scalar,
  ticksToSeconds,
  toNumber,
  toText,
} from './value.ts';

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
  /** `take` counts the characters that it keeps. */
  readonly create: (take: (characters: number) => void) => Accumulator;
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

/** A number as such where it keeps all of its digits, which a time of 100 ns need not. */
const exactNumber = (value: Scalar): Scalar => (String(Number(value)) === value ? Number(value) : value);

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
    result: () => (isNumeric && number !== null ? exactNumber(number) : text),
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

/** Mean and sum of squared distances from it, by Welford's method. Null for fewer than `least` numbers. */
function createVariance(
  least: number,
  finish: (squares: number, count: number) => number,
): AggregateDefinition['create'] {
  return () => {
    let count = 0;
    let mean = 0;
    let squares = 0;
    return {
      add: (value) => {
        const number = toNumber(value);
        if (number === null) return;
        count++;
        const distance = number - mean;
        mean += distance / count;
        squares += distance * (number - mean);
      },
      result: () => {
        if (count < least) return count === 0 ? null : 0;
        const result = finish(squares, count);
        return Number.isFinite(result) ? result : null;
      },
    };
  };
}

function createRange(): Accumulator {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  return {
    add: (value) => {
      const number = toNumber(value);
      if (number === null) return;
      least = Math.min(least, number);
      greatest = Math.max(greatest, number);
    },
    result: () => (greatest < least ? null : greatest - least),
  };
}

/** The number at a place among all numbers in order. */
function createRanked(placeOf: (count: number) => number): AggregateDefinition['create'] {
  return (take) => {
    const numbers: number[] = [];
    return {
      add: (value) => {
        const number = toNumber(value);
        if (number === null) return;
        take(0);
        numbers.push(number);
      },
      result: () => numbers.toSorted((left, right) => left - right)[placeOf(numbers.length)] ?? null,
    };
  };
}

/** The value that occurs most often; of several the first in order. */
function createMode(take: (characters: number) => void): Accumulator {
  const counts = new Map<string, number>();
  return {
    add: (value) => {
      const text = toText(value);
      const known = counts.get(text);
      if (known === undefined) take(text.length);
      counts.set(text, (known ?? 0) + 1);
    },
    result: () => {
      let most: string | null = null;
      for (const [text, count] of counts) {
        const held = most === null ? 0 : (counts.get(most) ?? 0);
        if (most === null || count > held || (count === held && compareText(text, most) < 0)) most = text;
      }
      return most;
    },
  };
}

function createSquares(): Accumulator {
  const sum = createSum((total) => total);
  return {
    add: (value, row) => {
      const number = toNumber(value);
      if (number !== null) sum.add(number * number, row);
    },
    result: () => sum.result(),
  };
}

function createDistinct(
  finish: (values: Set<string>) => FieldValue,
  take: (characters: number) => void,
): Accumulator {
  const values = new Set<string>();
  return {
    add: (value) => {
      const text = toText(value);
      if (values.has(text)) return;
      take(text.length);
      values.add(text);
    },
    result: () => finish(values),
  };
}

function createList(take: (characters: number) => void): Accumulator {
  const values: Scalar[] = [];
  return {
    add: (value) => {
      if (values.length >= MAX_LIST) return;
      take(toText(value).length);
      values.push(value);
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

const unordered = (isBare: boolean, create: AggregateDefinition['create']): AggregateDefinition => ({
  isBare,
  usesOrder: false,
  create,
});
const ordered = (create: AggregateDefinition['create']): AggregateDefinition => ({
  isBare: false,
  usesOrder: true,
  create,
});

const count = unordered(true, createCount);
const dc = unordered(false, (take) => createDistinct((values) => values.size, take));
const avg = ordered(() => createSum((sum, number) => sum / number));
const stdev = ordered(createVariance(2, (squares, number) => Math.sqrt(squares / (number - 1))));

/** The time itself, not the value: Splunk's search reference, "Time functions". */
const createTimeOf = (sign: 1 | -1): Accumulator => {
  let held: bigint | null = null;
  return {
    add: (_, row) => {
      const time = ticksOf(row);
      if (time !== null && (held === null || (sign === 1 ? time < held : time > held))) held = time;
    },
    result: () => (held === null ? null : ticksToSeconds(held)),
  };
};

const AGGREGATES: Readonly<Record<string, AggregateDefinition>> = {
  count,
  c: count,
  dc,
  distinct_count: dc,
  estdc: dc,
  min: unordered(false, () => createExtreme(1)),
  max: unordered(false, () => createExtreme(-1)),
  range: unordered(false, createRange),
  sum: ordered(() => createSum((sum) => sum)),
  sumsq: ordered(() => createSquares()),
  avg,
  mean: avg,
  stdev,
  stdevp: ordered(createVariance(1, (squares, number) => Math.sqrt(squares / number))),
  var: ordered(createVariance(2, (squares, number) => squares / (number - 1))),
  varp: ordered(createVariance(1, (squares, number) => squares / number)),
  // Of an even number of values Splunk takes the higher one of the two in the middle.
  median: unordered(
    false,
    createRanked((number) => Math.floor(number / 2)),
  ),
  mode: unordered(false, createMode),
  values: unordered(false, (take) =>
    createDistinct((values) => fieldValueOf([...values].sort(compareText)), take),
  ),
  list: ordered(createList),
  first: ordered(() => createPick(() => false)),
  last: ordered(() => createPick(() => true)),
  earliest: ordered(() => createPick(takesOverInTime(1))),
  latest: ordered(() => createPick(takesOverInTime(-1))),
  earliest_time: unordered(false, () => createTimeOf(1)),
  latest_time: unordered(false, () => createTimeOf(-1)),
};

export const AGGREGATE_NAMES: readonly string[] = [...Object.keys(AGGREGATES), 'perc95'].sort();

/** Finds a function by its name, also perc95, p95, exactperc95 and upperperc95; null when there is none. */
export function findAggregate(name: string): AggregateDefinition | null {
  if (Object.hasOwn(AGGREGATES, name)) return AGGREGATES[name] ?? null;
  const [, digits] = /^(?:(?:exact|upper)?perc|p)(\d{1,2}(?:\.\d{1,4})?|100)$/.exec(name) ?? [];
  if (digits === undefined) return null;
  const share = Number(digits) / 100;
  return unordered(
    false,
    createRanked((number) => Math.max(0, Math.ceil(share * number) - 1)),
  );
}

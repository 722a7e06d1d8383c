/** Compiles the commands that take values apart and put them together. */
import type { FieldValue } from '#lib/events/event.ts';
import { bucketOfNumber, bucketOfSeconds } from './bucket.ts';
import type { Of } from './commands.ts';
import { matchNames } from './names.ts';
import { Pattern } from './pattern.ts';
import { captureRegex, findInText, matchesRegex, tokenizeRegex } from './regex.ts';
import { readField, type WorkRow } from './row.ts';
import { describeValue } from './search-terms.ts';
import { readSedScript } from './sed.ts';
import { type Stage, sameColumns, withColumns } from './stage.ts';
import { readPath, readXmlPairs } from './structured.ts';
import { failAt } from './syntax.ts';
import { fieldValueOf, type Scalar, scalarsOf, toText } from './value.ts';

const unknownColumns = (): null => null;

function changing(apply: (row: WorkRow) => void, columns: Stage['columns'], usesRun = false): Stage {
  return {
    kind: 'map',
    usesRun,
    apply: (row) => {
      apply(row);
      return row;
    },
    columns,
  };
}

/** A group that matched nothing leaves its field as it was. */
export function compileRex({ field, pattern, maxMatch }: Of<'rex'>): Stage {
  const read = readField(field);
  const names = [...pattern.matchAll(/\(\?P?<([A-Za-z_]\w*)>/g)].map((match) => match[1] ?? '');
  return changing(
    (row) => {
      const found = new Map<string, string[]>();
      for (const value of scalarsOf(read(row))) {
        for (const [name, values] of captureRegex(toText(value), pattern, maxMatch)) {
          found.set(name, [...(found.get(name) ?? []), ...values]);
        }
      }
      for (const [name, values] of found) row.set(name, fieldValueOf(values));
    },
    (before) => withColumns(before, names),
  );
}

function mapValues(value: FieldValue, apply: (value: Scalar) => Scalar): FieldValue {
  if (value === null) return null;
  return typeof value === 'object' ? value.map(apply) : apply(value);
}

export function compileSed({ field, script, ...span }: Of<'sed'>): Stage {
  const edit = readSedScript(script);
  if (typeof edit === 'string') return failAt(span, edit);
  const read = readField(field);
  const apply = (value: Scalar): Scalar => edit(toText(value)) ?? value;
  return changing((row) => row.set(field, mapValues(read(row), apply)), sameColumns);
}

/** An absent field matches nothing, so that != keeps it. */
export function compileRegex({ field, pattern, isNegated, ...span }: Of<'regex'>, text: string): Stage {
  const read = readField(field);
  const term = text.slice(span.from, span.to);
  return {
    kind: 'filter',
    usesRun: false,
    needles: [],
    test: (event) => {
      const value = read(event);
      const values = value === null ? [] : typeof value === 'object' ? value : [value];
      return values.some((one) => matchesRegex(toText(one), pattern) === true) !== isNegated;
    },
    explain: (event, terms) => {
      const value = describeValue(read(event));
      const range = value === null || isNegated ? null : findInText(value, pattern);
      if (value !== null) terms.push({ field, term, value, ranges: range === null ? [] : [range] });
    },
    whyNot: (event) => ({ term, field, value: describeValue(read(event)) }),
    columns: sameColumns,
  };
}

/** Whole values, with wildcards: what they stand for is put where the new value has one. */
export function compileReplace({ replacements, fields }: Of<'replace'>): Stage {
  const patterns = replacements.map(({ pattern, by }) => ({
    pattern: new Pattern(pattern, true),
    text: pattern,
    by,
  }));
  const names = fields.map(({ name }) => name);
  const apply = (value: Scalar): Scalar => {
    const text = toText(value);
    const found = patterns.find(({ pattern }) => pattern.matches(text));
    if (found === undefined) return value;
    if (!found.by.includes('*')) return found.by;
    const ranges = [[0, 0] as const, ...found.pattern.rangesIn(text), [text.length, text.length] as const];
    const gaps = ranges.slice(1).map(([start], index) => text.slice(ranges[index]?.[1] ?? 0, start));
    const stars = found.text.startsWith('*') ? gaps : gaps.slice(1);
    let index = 0;
    return found.by.replaceAll('*', () => stars[index++] ?? '');
  };
  return changing((row) => {
    const present = row.fieldNames();
    const targets = names.length === 0 ? present.filter((name) => !name.startsWith('_')) : names;
    for (const target of targets) {
      for (const name of matchNames(target, present)) {
        const value = row.get(name);
        if (value !== null) row.set(name, mapValues(value, apply));
      }
    }
  }, sameColumns);
}

export function compileBin({ field, as, size }: Of<'bin'>): Stage {
  const read = readField(field);
  return {
    kind: 'map',
    // Days begin at midnight of the run's zone.
    usesRun: field === '_time',
    apply: (row, { timeZone }) => {
      const cut = (value: Scalar): Scalar =>
        field === '_time' ? bucketOfSeconds(value, size, timeZone) : bucketOfNumber(value, size);
      const value = mapValues(read(row), cut);
      if (value !== null) row.set(as, value);
      return row;
    },
    columns: (before) => withColumns(before, as === field ? [] : [as]),
  };
}

export function compileMakemv({ field, separator, isKeepingEmpty }: Of<'makemv'>): Stage {
  const read = readField(field);
  const part = (text: string): readonly string[] =>
    separator.kind === 'delimiter' ? text.split(separator.text) : tokenizeRegex(text, separator.text);
  return changing((row) => {
    const value = read(row);
    if (value === null) return;
    const values = scalarsOf(value).flatMap((one) => part(toText(one)));
    row.set(field, fieldValueOf(isKeepingEmpty ? values : values.filter((one) => one !== '')));
  }, sameColumns);
}

/** One row a value; a row without the field stays. */
export function compileMvexpand({ field, limit, ...span }: Of<'mvexpand'>): Stage {
  const read = readField(field);
  return {
    kind: 'table',
    isGrouping: false,
    usesOrder: false,
    apply: (rows, { budget }) =>
      rows.flatMap((row) => {
        budget.tick();
        const values = scalarsOf(read(row));
        if (values.length < 2) return [row];
        const seen = new Map<string, number>();
        return values.slice(0, limit === 0 ? undefined : limit).map((value) => {
          budget.take(0, span);
          const text = toText(value);
          const number = (seen.get(text) ?? 0) + 1;
          seen.set(text, number);
          const split = [...row.origin.split, [field, number === 1 ? value : `${text} (${number})`] as const];
          const copy = row.copy({ ...row.origin, split });
          copy.set(field, value);
          return copy;
        });
      }),
    columns: sameColumns,
  };
}

export function compileSpath({ input, path, output }: Of<'spath'>): Stage {
  const read = readField(input);
  return changing(
    (row) => {
      const text = describeValue(read(row));
      if (text === null) return;
      for (const [name, values] of readPath(text, path)) {
        row.set(path === null ? name : (output ?? path), fieldValueOf(values));
      }
    },
    (before) => (path === null ? unknownColumns() : withColumns(before, [output ?? path])),
  );
}

export function compileXmlkv({ field }: Of<'xmlkv'>): Stage {
  const read = readField(field);
  return changing((row) => {
    const text = describeValue(read(row));
    if (text === null) return;
    for (const [name, value] of readXmlPairs(text)) row.set(name, value);
  }, unknownColumns);
}

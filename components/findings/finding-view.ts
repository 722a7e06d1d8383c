import type { FindingDetail, FindingEventItem, RowValue } from '#lib/findings/types.ts';
import {
  type LongText,
  type Range,
  type ShownText,
  shownMatch,
  shownText,
  type TextSource,
} from './text-part.ts';

const WHY_SHOWN = 50;
const VALUES_SHOWN = 200;
const WHOLE_VALUE_MAX = 200;

/** A field for the screen: null is an empty field, a list has one text a value. */
export type FieldView = {
  readonly name: string;
  readonly values: readonly ShownText[] | null;
  readonly valueTotal: number;
};

export type EventView = Omit<FindingEventItem, 'fields' | 'xml'> & {
  readonly fields: readonly FieldView[];
  readonly xml: ShownText;
};

type WhyView = {
  readonly field: string;
  readonly term: string;
  readonly value: LongText;
  /** The value is nothing but what matched, such as an event id: said in a line instead of a block. */
  readonly isWholeValue: boolean;
};

/** The parts of a finding that hold text of any length, cut to what a page can carry. */
export type FindingTexts = {
  readonly why: readonly WhyView[];
  readonly whyTotal: number;
  readonly row: readonly FieldView[];
  readonly events: readonly EventView[];
};

export function findingTexts(finding: FindingDetail): FindingTexts {
  return {
    why: finding.why
      .slice(0, WHY_SHOWN)
      .map(({ field, term, value, ranges }, index) => ({
        field,
        term,
        value: shownMatch(value, ranges, { kind: 'why', index }),
        isWholeValue: value.length <= WHOLE_VALUE_MAX && coversAll(value, ranges),
      }))
      .toSorted((a, b) => Number(a.isWholeValue) - Number(b.isWholeValue)),
    whyTotal: finding.why.length,
    row: finding.row.map(([name, value]) =>
      fieldView(name, value, (index) => ({ kind: 'row', name, index })),
    ),
    events: finding.events.map((event) => ({
      ...event,
      fields: event.fields.map(([name, value]) =>
        fieldView(name, value, (index) => ({ kind: 'field', eventId: event.id, name, index })),
      ),
      xml: shownText(event.xml, { kind: 'xml', eventId: event.id }),
    })),
  };
}

export function coversAll(value: string, ranges: readonly Range[]): boolean {
  const [only] = ranges;
  return ranges.length === 1 && only !== undefined && only[0] === 0 && only[1] === value.length;
}

function fieldView(name: string, value: RowValue, source: (index: number) => TextSource): FieldView {
  if (value === null) return { name, values: null, valueTotal: 0 };
  const values = typeof value === 'object' ? value : [value];
  return {
    name,
    values: values.slice(0, VALUES_SHOWN).map((one, index) => shownText(String(one), source(index))),
    valueTotal: values.length,
  };
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { parseIsoTime } from '#lib/evidence/time.ts';
import { renderTemplate, templateFields } from './template.ts';

const event = (
  fields: Readonly<Record<string, FieldValue>>,
  timeTicks: bigint | null = null,
): SearchableEvent => ({
  timeTicks,
  get: (name) => fields[name] ?? null,
  fieldNames: () => Object.keys(fields),
});
const render = (
  template: string,
  row: Readonly<Record<string, FieldValue>>,
  events: readonly SearchableEvent[] = [],
): string => renderTemplate(template, { row: new Map(Object.entries(row)), events });
const sequence = (...values: FieldValue[]): string =>
  render(
    '$v:sequence$',
    {},
    values.map((v) => event({ v })),
  );

describe('a template', () => {
  it('takes a field from the row, else from the first event that has it, else says unknown', () => {
    const events = [event({ b: 'early', c: null }), event({ b: 'late', c: 'there' })];
    expect(render('$a$ $b$ $c$ $d$', { a: 'row' }, events)).toBe('row early there unknown');
    expect(render('$b$', { b: 'row' }, events)).toBe('row');
    expect(render('$n$ and $m$', { n: 7, m: ['x', 'y'] })).toBe('7 and x, y');
  });

  it('leaves what is no placeholder as it stands', () => {
    expect(render('costs $5, $ $$ $a-b$ $a:upper$', { a: 'x' })).toBe('costs $5, $ $$ $a-b$ $a:upper$');
  });

  it('shows a host without its domain and a registry path in one form', () => {
    expect(render('on $dest:short$', { dest: 'win10-02.offsec.lan' })).toBe('on win10-02');
    expect(render('on $dest:short$', { dest: '10.0.0.7' })).toBe('on 10.0.0.7');
    expect(render('$p:path$', { p: '\\REGISTRY\\MACHINE\\SOFTWARE\\a' })).toBe('HKLM\\SOFTWARE\\a');
  });

  it('tells values one after the other, numbers in decimal, each change once', () => {
    expect(sequence('0x00000001', '0x00000000')).toBe('set to 1, then to 0');
    expect(sequence('0x00000001', '1', '0x1')).toBe('set to 1');
    expect(sequence('1', '0', '1')).toBe('set to 1, then to 0, then to 1');
    expect(sequence('1', null)).toBe('set to 1, then to an unknown value');
    expect(sequence('-')).toBe('set to an unknown value');
    expect(sequence('unknown', '')).toBe('set to an unknown value');
    expect(sequence('0xffffffffffffffff')).toBe('set to 18446744073709551615');
    expect(sequence('0xzz')).toBe('set to 0xzz');
    expect(sequence()).toBe('set to an unknown value');
    expect(sequence('1', '2', '3', '4', '5')).toBe(
      'set to 1, then to 2, then to 3, then to 4, and 1 more change',
    );
    expect(sequence('1', '2', '1', '2', '1', '2')).toMatch(/, and 2 more changes$/);
  });

  it('says when, in UTC, where a value changed; with the day where the days differ', () => {
    const at = (time: string, v: FieldValue, action = 'modified') => event({ v, action }, parseIsoTime(time));
    const on = at('2024-03-05T09:10:11.3000123Z', '0x00000001');
    const off = at('2024-03-05T09:41:00.7654321Z', '0x00000000');
    const say = (...events: SearchableEvent[]) => render('$v:sequence$', {}, events);
    expect(say(on)).toBe('set to 1');
    expect(say(off)).toBe('set to 0');
    expect(say(on, at('2024-03-05T09:20:00Z', '1'))).toBe('set to 1');
    expect(say(on, off)).toBe('set to 1 at 09:10:11, then to 0 at 09:41:00');
    expect(say(at('2024-03-05T09:00:00Z', '0'), on)).toBe('set to 0 at 09:00:00, then to 1 at 09:10:11');
    expect(say(on, at('2024-03-06T00:00:01Z', '0'))).toBe(
      'set to 1 at 2024-03-05 09:10:11, then to 0 at 2024-03-06 00:00:01',
    );
    expect(say(on, event({ v: '0' }))).toBe('set to 1 at 09:10:11, then to 0');
  });

  it('says deleted where a value was, and set again after it', () => {
    const gone = event({ v: '-', action: 'deleted' });
    expect(render('$v:sequence$', {}, [gone])).toBe('deleted');
    expect(render('$v:sequence$', {}, [gone, gone])).toBe('deleted');
    expect(render('$v:sequence$', {}, [event({ v: '1' }), gone, event({ v: '1' }), event({ v: '0' })])).toBe(
      'set to 1, then deleted, then set to 1, then to 0',
    );
  });

  it('cuts a long value, never inside a character', () => {
    expect(render('$a$!', { a: 'x'.repeat(5000) })).toBe(`${'x'.repeat(120)}…!`);
    expect(render('$a$!', { a: `${'x'.repeat(119)}\u{1f600}y` })).toBe(`${'x'.repeat(119)}…!`);
    expect(sequence('y'.repeat(300)).length).toBeLessThan(140);
  });

  it('never fills what a value holds, and takes no value for a replacement pattern', () => {
    expect(render('$a$ $b$', { a: '$b$', b: "$& $' $1" })).toBe("$b$ $& $' $1");
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (value) => {
        expect(render('<$a$>', { a: value, b: 'no' })).toBe(`<${value}>`);
      }),
    );
  });

  it('names the fields that it asks for', () => {
    expect(templateFields('$a$ of $b:short$, $c:sequence$')).toEqual(['a', 'b', 'c']);
  });
});

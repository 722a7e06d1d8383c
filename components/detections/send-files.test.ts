import { describe, expect, it } from 'vitest';
import { partsOf } from './send-files.ts';

const file = (name: string, size = 10): File => new File([new Uint8Array(size)], name);
const names = (parts: readonly (readonly File[])[]) => parts.map((part) => part.map(({ name }) => name));

describe('partsOf', () => {
  it('sends macros and lookups before detections, so that these can run when they come', () => {
    expect(names(partsOf([file('a.yml'), file('macros.conf'), file('b.yml'), file('list.csv')]))).toEqual([
      ['macros.conf', 'list.csv', 'a.yml', 'b.yml'],
    ]);
  });

  it('begins another request where one would be too large or too many', () => {
    const large = 9 * 1024 * 1024;
    expect(names(partsOf([file('a.yml', large), file('b.yml', large), file('c.yml')]))).toEqual([
      ['a.yml'],
      ['b.yml', 'c.yml'],
    ]);
    expect(
      partsOf(Array.from({ length: 900 }, (_, index) => file(`${index}.yml`))).map((part) => part.length),
    ).toEqual([400, 400, 100]);
  });
});

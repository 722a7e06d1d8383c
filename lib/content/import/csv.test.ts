import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseCsv } from './csv.ts';

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

it('every table that is written with quotes is read back, whatever its cells hold', () => {
  const cell = fc.oneof(fc.string(), fc.constantFrom('', ',', '"', '\n', '\r\n', 'a,"b"\nc'));
  const tables = fc.integer({ min: 1, max: 5 }).chain((width) =>
    fc.record({
      header: fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: width, maxLength: width }),
      rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 8 }),
    }),
  );
  fc.assert(
    fc.property(tables, fc.constantFrom('\n', '\r\n'), ({ header, rows }, end) => {
      const text = [header, ...rows].map((row) => row.map(quoted).join(',')).join(end);
      // A row of one empty cell is an empty line.
      const kept = rows.filter((row) => row.length > 1 || row[0] !== '');
      expect(parseCsv(text)).toMatchObject({ header, rows: kept });
    }),
  );
});

it('says of each row in which line it begins', () => {
  expect(parseCsv('a,b\r\n1,"x\ny"\n\n3,4\n')).toMatchObject({ lines: [2, 5] });
});

import { describe, expect, it } from 'vitest';
import { inBulkTransaction } from './bulk.ts';
import { db } from './client.ts';
import { useTestDatabase } from './testing.ts';

useTestDatabase();

const TEXTS = ['plain', '', 'a\tb\nc\rd\\n\\N', '\\.', '\\', 'ünï 😀', '{"a":"\\t"}', ' '];

async function write(count: number): Promise<void> {
  await db.longText.deleteMany({});
  const rows = Array.from({ length: count }, (_, index) => [
    String(index).padStart(64, '0'),
    TEXTS[index % TEXTS.length] ?? '',
  ]);
  await inBulkTransaction((tx) =>
    tx.insert(
      [
        ['hash', 'char(64)'],
        ['body', 'text'],
      ],
      rows,
      'INSERT INTO long_text (hash, body) SELECT hash, body || $1 FROM new_row',
      ['!'],
    ),
  );
}

describe('rows in bulk', () => {
  it.each([TEXTS.length, 2_000])('%i of them are written as they are, whatever they hold', async (count) => {
    await write(count);
    const rows = await db.longText.findMany({ orderBy: { hash: 'asc' } });
    expect(rows).toHaveLength(count);
    expect(rows.slice(-TEXTS.length).map(({ body }) => body)).toEqual(TEXTS.map((text) => `${text}!`));
  });

  it('are all taken back when the work throws, also after a COPY that failed', async () => {
    await db.longText.deleteMany({});
    const broken = inBulkTransaction(async (tx) => {
      await tx.insert(
        [['hash', 'char(64)']],
        [['a']],
        `INSERT INTO long_text SELECT hash, 'b' FROM new_row`,
        [],
      );
      const rows = Array.from({ length: 1_000 }, () => ['no number']);
      await tx.insert([['n', 'int']], rows, 'SELECT n FROM new_row', []);
    });
    await expect(broken).rejects.toThrow('integer');
    expect(await db.longText.count()).toBe(0);
    // The connection is sound again.
    await write(3);
    expect(await db.longText.count()).toBe(3);
  });

  it('reads what Prisma reads', async () => {
    const [row] = await inBulkTransaction(
      (tx) =>
        tx.$queryRaw<
          unknown[]
        >`SELECT ${2}::bigint AS big, ${'x'}::text AS text, NULL AS nothing, 7 AS small`,
    );
    expect(row).toEqual({ big: 2n, text: 'x', nothing: null, small: 7 });
  });
});

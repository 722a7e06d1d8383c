import { getAuthTables } from 'better-auth/db';
import { expect, it } from 'vitest';
import { Prisma } from '#lib/db/generated/client.ts';
import { auth } from './auth.ts';
import './testing.ts';

it('the database has every column that better-auth and its plugins want', () => {
  const tables = Object.values(getAuthTables(auth().options));
  expect(tables.map(({ modelName }) => modelName)).toEqual(
    expect.arrayContaining(['user', 'session', 'apikey']),
  );
  for (const { modelName, fields } of tables) {
    const model = Object.keys(Prisma.ModelName).find(
      (name) => name.toLowerCase() === modelName.toLowerCase(),
    );
    const columns = Object.keys(Prisma[`${model}ScalarFieldEnum` as 'UserScalarFieldEnum'] ?? {});
    expect(columns, modelName).toEqual(expect.arrayContaining(Object.keys(fields)));
  }
});

/**
 * `npm run migration -- NAME`: writes prisma/migrations/<time>_<name>/migration.sql with what leads from the migrations
 * to prisma/schema.prisma. For developers; an instance applies it at its next start.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { findDrift, MIGRATIONS_FOLDER } from '#lib/db/migrate.ts';
import { Failure, runCommand } from './support/failure.ts';
import { startTemporaryPostgres } from './support/temporary.ts';

await runCommand(async () => {
  const name = process.argv[2] ?? '';
  if (!/^[a-z][a-z0-9_]*$/.test(name)) {
    throw new Failure(
      'Name the migration in lower case with underscores: npm run migration -- add_filter_rules',
    );
  }
  const postgres = await startTemporaryPostgres();
  try {
    const sql = await findDrift(postgres.databaseUrl);
    if (sql === '') {
      process.stdout.write('The migrations already lead to prisma/schema.prisma.\n');
      return;
    }
    const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
    const folder = join(MIGRATIONS_FOLDER, `${time}_${name}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(MIGRATIONS_FOLDER, 'migration_lock.toml'), 'provider = "postgresql"\n');
    await writeFile(join(folder, 'migration.sql'), sql);
    process.stdout.write(`Wrote ${relative('.', folder)}/migration.sql. Read it before you commit it.\n`);
  } finally {
    await postgres.remove();
  }
});

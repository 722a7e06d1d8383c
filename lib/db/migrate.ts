/**
 * Applies prisma/migrations and compares them with prisma/schema.prisma, with Prisma's own engine as WebAssembly: the
 * Prisma command line would download a native one, which closed networks do not allow. The folder stays an ordinary one.
 */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlQueryable,
} from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine, SchemaFilter } from '@prisma/schema-engine-wasm';
import pg from 'pg';

const PRISMA_FOLDER = fileURLToPath(new URL('../../prisma/', import.meta.url));
export const MIGRATIONS_FOLDER = join(PRISMA_FOLDER, 'migrations');

const NO_FILTER: SchemaFilter = { externalTables: [], externalEnums: [] };

type EngineModule = {
  readonly SchemaEngine: typeof SchemaEngine;
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
};

/** Node cannot import the package's entry, which imports the .wasm file itself; so it is put together by hand. */
async function loadEngine(): Promise<EngineModule> {
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const engine: EngineModule & WebAssembly.ModuleImports = await import(entry);
  const bytes = await readFile(entry.replace(/\.js$/, '.wasm'));
  const imports = Object.entries(engine).map(([name, value]) =>
    name.startsWith('__wbg_setTimeout') ? [name, setTimeoutWithoutWaiting] : [name, value],
  );
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': Object.fromEntries(imports),
  });
  engine.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start === 'function') start();
  return engine;
}

/** The engine never clears its 10 s limit for a lock; the process must not wait for that when all is done. */
function setTimeoutWithoutWaiting(callback: () => void, ms: number): NodeJS.Timeout {
  return setTimeout(callback, ms >>> 0).unref();
}

let loadedEngine: Promise<EngineModule> | undefined;

/** Connects for the engine; every connection that was made is closed at the end. */
async function withEngine<T>(
  databaseUrl: string,
  shadowUrl: string | null,
  use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  loadedEngine ??= loadEngine();
  const { SchemaEngine } = await loadedEngine;
  const pools: pg.Pool[] = [];
  const connect = async (connectionString: string) => {
    // One connection: the engine's lock against other migrating processes belongs to it.
    const pool = new pg.Pool({ connectionString, max: 1 });
    pools.push(pool);
    const adapter = await new PrismaPg(pool).connect();
    readCharColumns(pool, adapter);
    // The adapter's own way cuts scripts at every semicolon, also inside a function or a comment.
    adapter.executeScript = async (script) => void (await pool.query(script));
    return adapter;
  };
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => connect(databaseUrl),
    connectToShadowDb: () => {
      if (shadowUrl === null) throw new Error('There is no shadow database.');
      return connect(shadowUrl);
    },
  });
  const schema = await readSchema();
  const engine = await SchemaEngine.new(
    { datamodels: [[schema.path, schema.content]] },
    () => undefined,
    factory,
  );
  try {
    return await use(engine);
  } finally {
    engine.free();
    await Promise.all(pools.map((pool) => pool.end()));
  }
}

const CHAR_OID = 18;
const TEXT_OID = 25;

/** PostgreSQL's catalogue has columns of the type "char", which the adapter does not know but the engine wants. */
function readCharColumns(pool: pg.Pool, adapter: SqlQueryable): void {
  let charColumns = new Set<string>();
  pool.on('connect', (client) => {
    client.connection.prependListener('rowDescription', ({ fields }: { fields: pg.FieldDef[] }) => {
      const found = fields.filter((field) => field.dataTypeID === CHAR_OID);
      charColumns = new Set(found.map((field) => field.name));
      for (const field of found) field.dataTypeID = TEXT_OID;
    });
  });
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    const columnTypes = result.columnTypes.map((type, index) =>
      charColumns.has(result.columnNames[index] ?? '') ? ColumnTypeEnum.Character : type,
    );
    return { ...result, columnTypes };
  };
}

async function readSchema(): Promise<{ path: string; content: string }> {
  const path = join(PRISMA_FOLDER, 'schema.prisma');
  return { path, content: await readFile(path, 'utf8') };
}

async function readMigrations(): Promise<MigrationList> {
  const entries = await readdir(MIGRATIONS_FOLDER, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const directories = names.toSorted().map(async (name) => {
    const value = await readFile(join(MIGRATIONS_FOLDER, name, 'migration.sql'), 'utf8');
    return { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } };
  });
  return {
    baseDir: MIGRATIONS_FOLDER,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(directories),
  };
}

/**
 * Applies the migrations that the database does not have yet, in order; returns their names. Throws when one fails or
 * one that was applied has changed since. Several processes may call it at once: the engine takes a lock.
 */
export async function migrate(databaseUrl: string): Promise<readonly string[]> {
  const migrationsList = await readMigrations();
  return withEngine(databaseUrl, null, async (engine) => {
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: NO_FILTER });
    return appliedMigrationNames;
  });
}

/**
 * SQL that leads from the migrations to prisma/schema.prisma; '' when they agree. `scratchUrl` is an empty database, in
 * which the migrations are tried.
 */
export async function findDrift(scratchUrl: string): Promise<string> {
  const migrations = await readMigrations();
  const schema = await readSchema();
  return withEngine(scratchUrl, scratchUrl, async (engine) => {
    const { stdout } = await engine.diff({
      from:
        migrations.migrationDirectories.length === 0
          ? { tag: 'empty' }
          : { tag: 'migrations', ...migrations },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: null,
      filters: NO_FILTER,
    });
    const sql = stdout ?? '';
    return sql.includes('This is an empty migration') ? '' : sql;
  });
}

/** All that a database says of evidence, as text that is the same for the same evidence, however it was read. */
import pg from 'pg';

/** Tables that say who did what and when, or how far work is; all others are compared. */
const LEFT_OUT = new Set([
  '_prisma_migrations',
  'account',
  'apikey',
  'audit_entry',
  // Which sums an incident had on the way depends on what was read first.
  'incident_change',
  'rate_limit',
  'session',
  'setting',
  'user',
  'verification',
  'worker_heartbeat',
]);
/** Columns that tell when, by whom, in which order or at which try. */
const LEFT_OUT_COLUMNS = new Set([
  'created_at',
  'updated_at',
  'started_at',
  'finished_at',
  'uploaded_by_id',
  'epoch',
  'attempts',
  'upload_id',
  'number',
  'incident_number',
]);

export type DatabaseState = Readonly<Record<string, readonly string[]>>;

/** Rows of each table, in the order of their text. Rows that are made anew at each ingest are named by what they are. */
export async function stateOfDatabase(databaseUrl: string): Promise<DatabaseState> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
    );
    const named = await client.query<{ id: string; name: string }>(
      `SELECT id::text, 'evidence ' || sha256 AS name FROM evidence
       UNION ALL SELECT id::text, 'host ' || name FROM host`,
    );
    const names = new Map(named.rows.map(({ id, name }) => [id, name]));
    const state: Record<string, readonly string[]> = {};
    for (const { name } of tables.rows.filter((table) => !LEFT_OUT.has(table.name))) {
      const { rows } = await client.query<{ row: Record<string, unknown> }>(
        `SELECT to_jsonb(t) AS row FROM ${pg.escapeIdentifier(name)} t`,
      );
      state[name] = rows.map(({ row }) => textOf(row, names)).sort();
    }
    return state;
  } finally {
    await client.end();
  }
}

function textOf(row: Record<string, unknown>, names: ReadonlyMap<string, string>): string {
  const kept = Object.entries(row).filter(([column]) => !LEFT_OUT_COLUMNS.has(column));
  return JSON.stringify(
    Object.fromEntries(kept.map(([column, value]) => [column, names.get(String(value)) ?? value])),
  );
}

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg, { type PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { pool } from '#lib/db/client.ts';

/** Plain SQL within a transaction, by Prisma or by BulkTransaction. */
export type SqlTransaction = {
  $queryRaw<T>(query: TemplateStringsArray, ...values: readonly unknown[]): Promise<T>;
  /** Returns how many rows it changed. */
  $executeRaw(query: TemplateStringsArray, ...values: readonly unknown[]): Promise<number>;
};

/** A value of a column in COPY's text format; objects and arrays go as JSON text. */
export type Cell = string | number | bigint | null;

/** COPY sends this much text at once. */
const CHUNK_LENGTH = 256 * 1024;
/** Rows of one step are sent in a moment. */
const COPY_MS = 30_000;
/** From this many rows on COPY is faster than JSON. */
const COPIED_FROM = 500;
const BIGINT_OID = 20;

/** A transaction that can COPY, which Prisma cannot; its queries give what Prisma's give. */
export class BulkTransaction implements SqlTransaction {
  readonly #client: PoolClient;

  constructor(client: PoolClient) {
    this.#client = client;
  }

  async $queryRaw<T>(query: TemplateStringsArray, ...values: readonly unknown[]): Promise<T> {
    return (await this.#run(query, values)).rows as T;
  }

  async $executeRaw(query: TemplateStringsArray, ...values: readonly unknown[]): Promise<number> {
    return (await this.#run(query, values)).rowCount ?? 0;
  }

  /**
   * Runs a statement over rows that are a table `new_row` to it: sent with the statement when they are few, else by COPY
   * into a table of the transaction, which costs some milliseconds to make and to drop.
   *
   * @param columns names and types, and `statement`: of the program's own text; `values` are its parameters from $1 on
   */
  async insert(
    columns: readonly (readonly [name: string, type: string])[],
    rows: readonly (readonly Cell[])[],
    statement: string,
    values: readonly unknown[],
  ): Promise<void> {
    if (rows.length === 0) return;
    const typed = columns.map(([name, type]) => `"${name}" ${type}`).join(', ');
    if (rows.length < COPIED_FROM) {
      const json = JSON.stringify(rows.map((row) => objectOf(columns, row)));
      const source = `WITH new_row AS (SELECT * FROM json_to_recordset($${values.length + 1}::json) AS r(${typed})) `;
      await this.#client.query(source + statement, [...values, json]);
      return;
    }
    await this.#client.query(`CREATE TEMP TABLE new_row (${typed}) ON COMMIT DROP`);
    // A process that stops in the middle of it is not idle to PostgreSQL, and would hold its locks for ever.
    await this.#client.query(`SET LOCAL statement_timeout = ${COPY_MS}`);
    const stream = this.#client.query(copyFrom('COPY new_row FROM STDIN'));
    await pipeline(Readable.from(chunksOf(rows)), stream);
    await this.#client.query('SET LOCAL statement_timeout TO DEFAULT');
    await this.#client.query(statement, [...values]);
    await this.#client.query('DROP TABLE new_row');
  }

  #run(query: TemplateStringsArray, values: readonly unknown[]) {
    const text = query.reduce((sql, part, index) => `${sql}$${index}${part}`);
    return this.#client.query({ text, values: [...values], types: { getTypeParser } });
  }
}

/**
 * For steps of a reading: the commit does not wait for the disk. PostgreSQL writes commits in their order, so a crash of it
 * can only take the newest steps, each with its progress, and whoever commits as usual afterwards has them on disk too.
 */
export async function commitWithoutWait(tx: SqlTransaction): Promise<void> {
  await tx.$executeRaw`SET LOCAL synchronous_commit = off`;
}

/** A step of a reading (see commitWithoutWait); commits when `work` ends and rolls back when it throws. */
export async function inBulkTransaction<T>(work: (tx: BulkTransaction) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // A lost connection also fails the query that waits for it; without a listener it would end the process.
  const ignore = (): void => {};
  client.on('error', ignore);
  let lost: Error | undefined;
  try {
    const tx = new BulkTransaction(client);
    await client.query('BEGIN');
    await commitWithoutWait(tx);
    const result = await work(tx);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((cause: Error) => {
      lost = cause;
    });
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(lost);
  }
}

const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === BIGINT_OID ? BigInt : pg.types.getTypeParser(oid, format);

function objectOf(columns: readonly (readonly [string, string])[], row: readonly Cell[]): object {
  const cells = row.map((cell) => (typeof cell === 'bigint' ? String(cell) : cell));
  return Object.fromEntries(columns.map(([name], index) => [name, cells[index]]));
}

function* chunksOf(rows: Iterable<readonly Cell[]>): Generator<Buffer> {
  let text = '';
  for (const row of rows) {
    for (let index = 0; index < row.length; index++) {
      if (index > 0) text += '\t';
      text += cellText(row[index] ?? null);
    }
    text += '\n';
    if (text.length < CHUNK_LENGTH) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}

const SPECIAL = /[\\\t\n\r]/;
const SPECIALS = /[\\\t\n\r]/g;

/** PostgreSQL, "COPY", text format. */
function cellText(cell: Cell): string {
  if (cell === null) return '\\N';
  if (typeof cell !== 'string') return String(cell);
  if (!SPECIAL.test(cell)) return cell;
  return cell.replace(SPECIALS, (special) => {
    if (special === '\t') return '\\t';
    if (special === '\n') return '\\n';
    if (special === '\r') return '\\r';
    return '\\\\';
  });
}

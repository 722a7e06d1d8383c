/** What must be so before a start; each check throws a Failure that says what to do. */
import { createServer } from 'node:net';
import pg from 'pg';
import { Failure } from './failure.ts';

const CONNECT_TIMEOUT_MS = 10_000;

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (error instanceof Error && 'code' in error) return String(error.code);
  return error instanceof Error ? error.message : String(error);
}

/** @param variable that sets the port */
export async function checkPortIsFree(port: number, host: string, variable = 'PORT'): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((done, fail) =>
      server.once('error', fail).listen({ port, host, exclusive: true }, done),
    );
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EADDRINUSE') {
      throw new Failure(
        `Port ${port} on ${host} is in use by another program. Stop it, or set ${variable} to another one.`,
      );
    }
    if (code === 'EACCES') {
      throw new Failure(
        `Port ${port} needs more rights than this user has. Set ${variable} to one above 1023.`,
      );
    }
    throw new Failure(`${host} is not an address of this machine (${code}). Set HOST to one that is.`);
  }
  await new Promise((done) => server.close(done));
}

/** Whether the server of DATABASE_URL lets us in. The message never holds the password. */
export async function checkDatabase(databaseUrl: string): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const { host, pathname } = new URL(databaseUrl);
    throw new Failure(
      `The database ${host}${pathname} of DATABASE_URL cannot be reached (${codeOf(error)}). Check that it runs and that DATABASE_URL is right.`,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

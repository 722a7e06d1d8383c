/**
 * The log of the server and the worker: JSON lines on standard output. Text from evidence or users goes into fields
 * (`log.info({ fileName }, 'upload finished')`), never into the message, so that it cannot forge a line: JSON escapes it.
 */
import pino from 'pino';

const SECRET_FIELDS = ['password', 'token', 'secret', 'authorization', 'cookie', 'apiKey', 'databaseUrl'];

/** Makes a logger; `destination` is for tests. */
export function createLog(destination?: pino.DestinationStream): pino.Logger {
  return pino(
    {
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
    },
    destination,
  );
}

export const log = createLog();

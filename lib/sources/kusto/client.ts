/**
 * The query APIs of Log Analytics (learn.microsoft.com/azure/azure-monitor/logs/api/overview: request-format,
 * response-format, errors, timeouts) and of advanced hunting (learn.microsoft.com/graph/api/security-security-runhuntingquery).
 */
import type { Response } from 'undici';
import { z } from 'zod';
import { type JsonObject, type JsonValue, parseJson } from '#lib/evidence/json/values.ts';
import { printable } from '../lines.ts';
import { patientFetch } from '../retry.ts';
import { type PullContext, SourceError } from '../types.ts';
import { signInOf } from './sign-in.ts';

/** What the two APIs have apart. */
export type QueryApi = {
  /** Of the service in messages. */
  readonly name: string;
  readonly signInUrl: string;
  readonly address: string;
  readonly scope: string;
  /** Name of the query in the request. */
  readonly queryKey: 'query' | 'Query';
  /** What to do when rights are missing, or there is nothing at the address. */
  readonly remedies: { readonly rights: string; readonly notFound: string };
};

export type KustoClient = {
  /** Rows of a query, without empty cells. Throws TooMuchError, NoTableError, SourceError. */
  readonly ask: (kql: string) => Promise<readonly JsonObject[]>;
  readonly signIn: () => Promise<void>;
  readonly clockMs: () => number | null;
};

/** The answer would be larger, or take longer, than the service allows: a shorter time has to be asked for. */
export class TooMuchError extends Error {
  override readonly name = 'TooMuchError';
}

/** The workspace or tenant has no such table. */
export class NoTableError extends Error {
  override readonly name = 'NoTableError';
}

/** Log Analytics answers within so many seconds or with 504; shorter than a connection may be silent. */
const WAIT = 'wait=280';

const logAnalyticsAnswer = z.looseObject({
  tables: z
    .array(
      z.looseObject({
        columns: z.array(z.looseObject({ name: z.string(), type: z.string().optional() })),
        rows: z.array(z.array(z.unknown())),
      }),
    )
    .min(1),
  error: z.unknown().optional(),
});
const huntingAnswer = z.looseObject({
  schema: z.array(z.looseObject({ name: z.string().optional(), Name: z.string().optional() })),
  results: z.array(z.record(z.string(), z.unknown())),
});

export function kustoClient(
  api: QueryApi,
  credential: { readonly tenantId: string; readonly clientId: string; readonly clientSecret: string },
  context: PullContext,
): KustoClient {
  const { signal } = context;
  const patient = patientFetch({
    ...context,
    fetch: async (url, init) => {
      const answer = await context.fetch(url, init);
      // The query ran into the service's limit: asked again, it does again.
      if (answer.status !== 504) return answer;
      await answer.body?.cancel();
      throw new TooMuchError(`${api.name} took too long over a query.`);
    },
  });
  const signIn = signInOf(
    { signInUrl: api.signInUrl, scope: api.scope, ...credential },
    patientFetch(context),
    signal,
  );

  const ask = async (kql: string): Promise<readonly JsonObject[]> => {
    for (let tries = 1; ; tries += 1) {
      const answer = await patient(api.address, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await signIn.token()}`,
          'content-type': 'application/json; charset=utf-8',
          prefer: WAIT,
        },
        body: JSON.stringify({ [api.queryKey]: kql }),
        signal,
      });
      const text = await textOf(answer);
      if (answer.ok) return rowsOf(api, text);
      // A token may end before its time.
      if (tries > 1 || !isTokenRefused(answer.status, text)) throw refusalOf(api, answer.status, text);
      signIn.forget();
    }
  };
  return {
    ask,
    signIn: async () => {
      await signIn.token();
    },
    clockMs: signIn.clockMs,
  };
}

async function textOf(answer: Response): Promise<string> {
  return answer.text().catch(() => {
    throw new SourceError('cut', 'The connection to the source broke off in the middle of an answer.', {
      remedy: 'The next pull goes on from what was kept.',
    });
  });
}

const isTokenRefused = (status: number, text: string): boolean =>
  status === 401 || (status === 403 && /InvalidAuthenticationToken\b/.test(text));

function rowsOf(api: QueryApi, text: string): readonly JsonObject[] {
  const body = parsed(api, text);
  const hunted = huntingAnswer.safeParse(body).data;
  if (hunted) return huntedRows(hunted);
  const answer = logAnalyticsAnswer.safeParse(body).data;
  if (!answer) {
    throw new SourceError('schema', `${api.name} answers in another shape than its reference says.`, {
      remedy: 'Check the cloud and the addresses.',
    });
  }
  // Part of the rows beside an error: what is left out must not be passed over.
  if (answer.error !== undefined && answer.error !== null) throw failureOf(api, JSON.stringify(answer.error));
  const [table] = answer.tables;
  const columns = table?.columns ?? [];
  return (table?.rows ?? []).map((row) =>
    filled(columns.map(({ name, type }, at) => [name, type === 'dynamic' ? dynamicOf(row[at]) : row[at]])),
  );
}

/** Graph puts types beside values (`IsX@odata.type`), and writes some names with a small first letter. */
function huntedRows({ schema, results }: z.output<typeof huntingAnswer>): readonly JsonObject[] {
  const names = new Map(
    schema.map(({ name, Name }) => [(name ?? Name ?? '').toLowerCase(), name ?? Name ?? '']),
  );
  return results.map((row) =>
    filled(
      Object.entries(row)
        .filter(([key]) => !key.includes('@odata.'))
        .map(([key, value]) => [names.get(key.toLowerCase()) ?? key, value]),
    ),
  );
}

/** Numbers keep all their digits. */
function parsed(api: QueryApi, text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SourceError(
      'schema',
      `${api.name} answers with something that is no JSON: ${printable(text)}`,
      {
        remedy: 'Check that the address is that of the API and not of a web page or a proxy.',
      },
    );
  }
}

/** Log Analytics writes dynamic values as JSON in a string. */
function dynamicOf(value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith('{')) return value;
  try {
    return parseJson(value);
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}

const filled = (cells: readonly (readonly [string, unknown])[]): JsonObject =>
  Object.fromEntries(
    cells.filter(([, value]) => value !== null && value !== undefined && value !== ''),
  ) as Record<string, JsonValue>;

/** Limits of Kusto ("Query limits"), of Log Analytics and of hunting, as their messages name them. */
const TOO_MUCH =
  /E_QUERY_RESULT_SET_TOO_LARGE|E_QUERY_TIMEOUT|E_RUNAWAY_QUERY|exceeded the (?:internal|allowed)|result(?: set)? .{0,40}too large|timed? ?out/i;
const NO_TABLE = /failed to resolve (?:table|entity)/i;
const NO_COLUMN = /failed to resolve (?:column|scalar)[^']*'([^']{1,100})'/i;

function refusalOf(api: QueryApi, status: number, text: string): Error {
  const said = saidIn(text);
  if (status === 401)
    return new SourceError('sign-in', `${api.name} does not accept the sign-in${said ? `: ${said}` : ''}.`, {
      remedy: 'Check that the app registration and the cloud belong together.',
    });
  if (status === 403)
    return new SourceError('rights', `${api.name} does not allow the query${said ? `: ${said}` : ''}.`, {
      remedy: api.remedies.rights,
    });
  if (status === 404)
    return new SourceError('query', `${api.name} is not found there${said ? `: ${said}` : ''}.`, {
      remedy: api.remedies.notFound,
    });
  if (status === 400) return failureOf(api, text);
  return new SourceError('query', `${api.name} answers ${status}${said ? `: ${said}` : ''}.`);
}

function failureOf(api: QueryApi, text: string): Error {
  if (TOO_MUCH.test(text)) return new TooMuchError(`${api.name} does not give so much at once.`);
  const column = NO_COLUMN.exec(text)?.[1];
  if (NO_TABLE.test(text)) return new NoTableError(`${api.name} has no such table.`);
  if (column !== undefined)
    return new SourceError('schema', `A table has no column ${printable(column)} any more.`, {
      remedy: 'Its schema has changed; this version of Jobsight does not know the new one.',
    });
  return new SourceError('query', `${api.name} did not answer a query whole: ${saidIn(text)}`);
}

const oneError = z.looseObject({ code: z.string().optional(), message: z.string().optional() });
const errorBody = z.looseObject({ error: oneError.extend({ innererror: oneError.optional() }).optional() });

/** The innermost message of an error (OneAPI error object), on one line. */
function saidIn(text: string): string {
  try {
    const error = errorBody.safeParse(JSON.parse(text)).data?.error;
    return printable(error?.innererror?.message ?? error?.message ?? text);
  } catch {
    return printable(text);
  }
}

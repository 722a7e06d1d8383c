/**
 * Entra ID, the Log Analytics query API and advanced hunting as far as a pull meets them, for tests. Shapes:
 * - POST /{tenant}/oauth2/v2.0/token: {"token_type":"Bearer","expires_in":3599,"access_token":…}; 401 with error,
 *   error_description "AADSTS7000222: …" (learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow,
 *   reference-error-codes)
 * - POST /v1/workspaces/{id}/query: {"tables":[{"name":"PrimaryResult","columns":[{"name","type"}],"rows":[[…]]}]}, beside it
 *   "error" with code PartialError (learn.microsoft.com/azure/azure-monitor/logs/api/response-format; azure-sdk-for-net,
 *   Azure.Monitor.Query/src/Models/LogsQueryResult.cs); dynamic values are JSON in strings (azure-sdk-for-js,
 *   monitor-query/src/internal/modelConverters.ts); errors as in …/logs/api/errors
 * - POST /v1.0/security/runHuntingQuery: {"schema":[{"name","type"}],"results":[{…}]}, 400 with BadRequest and the message of
 *   Kusto (learn.microsoft.com/graph/api/security-security-runhuntingquery; microsoft-graph-docs-contrib)
 * - limits: "Query set has exceeded …" (learn.microsoft.com/kusto/concepts/query-limits), "Query execution has exceeded the
 *   allowed result size" (learn.microsoft.com/defender-endpoint/api/run-advanced-query-api)
 */
import type { ServerResponse } from 'node:http';
import { type KustoResult, type KustoTableData, runKusto, SemanticError } from './kusto-query.ts';
import { json, startTestServer, type TestServer } from './server.ts';

export const TENANT = '11111111-1111-1111-1111-111111111111';
export const CLIENT = '22222222-2222-2222-2222-222222222222';
export const WORKSPACE = '33333333-3333-3333-3333-333333333333';

export type KustoTestServer = TestServer & {
  readonly tables: Map<string, KustoTableData>;
  secret: string;
  isSecretExpired: boolean;
  hasRights: boolean;
  /** Rows that one answer may have. */
  rowLimit: number;
  /** Seconds that a token holds. */
  tokenSeconds: number;
  /** How many queries a token is good for, whatever time it has left. */
  queriesOfToken: number;
  /** Queries that were asked, in their order. */
  readonly queries: () => readonly string[];
};

export async function startKustoServer(): Promise<KustoTestServer> {
  const tables = new Map<string, KustoTableData>();
  const tokens = new Map<string, number>();
  let tokenNumber = 0;
  const state = {
    secret: 'kusto-secret',
    isSecretExpired: false,
    hasRights: true,
    rowLimit: 500_000,
    tokenSeconds: 3_599,
    queriesOfToken: Number.POSITIVE_INFINITY,
  };
  const server = await startTestServer(async ({ path, method, form, body, headers, stream, response }) => {
    if (method !== 'POST') return json(response, 405, { error: { code: 'MethodNotAllowed' } });
    if (path === `/${TENANT}/oauth2/v2.0/token`) {
      const refusal = signInRefusal(form, state);
      if (refusal) return json(response, 401, refusal);
      const token = `token-${++tokenNumber}`;
      tokens.set(token, 0);
      return json(response, 200, {
        token_type: 'Bearer',
        expires_in: state.tokenSeconds,
        ext_expires_in: state.tokenSeconds,
        access_token: token,
      });
    }
    const token = /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    const uses = tokens.get(token) ?? Number.POSITIVE_INFINITY;
    tokens.set(token, uses + 1);
    if (!(uses < state.queriesOfToken))
      return json(response, 401, {
        error: {
          code: 'InvalidAuthenticationToken',
          message: 'Access token has expired or is not yet valid.',
        },
      });
    const asked = JSON.parse(body) as Record<string, string>;
    if (/^\/v1\/workspaces\/[^/]+\/query$/.test(path)) {
      if (!path.includes(WORKSPACE))
        return json(response, 404, {
          error: {
            message: 'The workspace could not be found',
            code: 'WorkspaceNotFoundError',
          },
        });
      if (!state.hasRights)
        return json(response, 403, {
          error: {
            message: 'The provided credentials have insufficient access to perform the requested operation',
            code: 'InsufficientAccessError',
          },
        });
      return workspaceAnswer(asked.query ?? '', tables, state.rowLimit, response, stream);
    }
    if (path === '/v1.0/security/runHuntingQuery') {
      if (!state.hasRights)
        return json(response, 403, {
          error: { code: 'Forbidden', message: 'Missing application scopes: ThreatHunting.Read.All' },
        });
      return huntingAnswer(asked.Query ?? '', tables, state.rowLimit, response, stream);
    }
    return json(response, 404, {
      error: { code: 'PathNotFoundError', message: 'The requested path does not exist' },
    });
  });
  return Object.assign(state, server, {
    tables,
    queries: () =>
      server.requests.flatMap(({ body }) => {
        const asked = body === '' ? {} : (JSON.parse(body) as Record<string, string>);
        return [asked.query ?? asked.Query ?? []].flat();
      }),
  });
}

function signInRefusal(
  form: URLSearchParams,
  state: { readonly secret: string; readonly isSecretExpired: boolean },
): object | null {
  const of = (code: string, said: string) => ({
    error: 'invalid_client',
    error_description: `${code}: ${said} Trace ID: 0 Correlation ID: 0 Timestamp: 2026-01-01 00:00:00Z`,
    error_codes: [Number(code.replace('AADSTS', ''))],
  });
  if (form.get('grant_type') !== 'client_credentials' || !form.get('scope')?.endsWith('/.default'))
    return {
      error: 'invalid_request',
      error_description: 'AADSTS900144: The request body must contain a parameter.',
    };
  if (form.get('client_id') !== CLIENT)
    return of('AADSTS700016', 'Application was not found in the directory.');
  if (state.isSecretExpired)
    return of('AADSTS7000222', `The provided client secret keys for app '${CLIENT}' are expired.`);
  return form.get('client_secret') === state.secret
    ? null
    : of(
        'AADSTS7000215',
        'Invalid client secret provided. Ensure the secret being sent is the client secret value.',
      );
}

type Stream = (rows: Iterable<string>) => Promise<void>;

function workspaceAnswer(
  query: string,
  tables: ReadonlyMap<string, KustoTableData>,
  rowLimit: number,
  response: ServerResponse,
  stream: Stream,
): Promise<void> | void {
  const result = resultOf(query, tables);
  if (result instanceof SemanticError)
    return json(response, 400, {
      error: {
        message: 'The request had some invalid properties',
        code: 'BadArgumentError',
        innererror: {
          code: 'SemanticError',
          message: 'A semantic error occurred.',
          innererror: { code: 'SEM0100', message: result.message },
        },
      },
    });
  const rows = result.rows
    .slice(0, rowLimit)
    .map((row) =>
      row.map((cell, at) =>
        result.columns[at]?.type === 'dynamic' && typeof cell === 'object' && cell !== null
          ? JSON.stringify(cell)
          : cell,
      ),
    );
  const error =
    result.rows.length > rowLimit
      ? `,"error":${JSON.stringify({
          code: 'PartialError',
          message: 'There were some errors when processing your query.',
          details: [
            {
              code: 'EngineError',
              message: `Query result set has exceeded the internal record count limit ${rowLimit} (E_QUERY_RESULT_SET_TOO_LARGE).`,
            },
          ],
        })}`
      : '';
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  return stream(
    listed(
      `{"tables":[{"name":"PrimaryResult","columns":${JSON.stringify(result.columns)},"rows":[`,
      rows,
      `]}]${error}}`,
    ),
  );
}

function huntingAnswer(
  query: string,
  tables: ReadonlyMap<string, KustoTableData>,
  rowLimit: number,
  response: ServerResponse,
  stream: Stream,
): Promise<void> | void {
  const result = resultOf(query, tables);
  const refuse = (message: string) => json(response, 400, { error: { code: 'BadRequest', message } });
  if (result instanceof SemanticError) return refuse(`${result.message}. Fix semantic errors in your query.`);
  if (result.rows.length > rowLimit)
    return refuse(
      'Query execution has exceeded the allowed result size. Optimize your query by limiting the number of results and try again',
    );
  const schema = result.columns.map(({ name, type }) => ({
    name,
    type: `${type[0]?.toUpperCase()}${type.slice(1)}`,
  }));
  const rows = result.rows.map((row) =>
    Object.fromEntries(
      result.columns.flatMap(({ name, type }, at) => [
        ...(type === 'long' ? [[`${name}@odata.type`, '#Int64']] : []),
        [name, row[at]],
      ]),
    ),
  );
  response.writeHead(200, { 'content-type': 'application/json' });
  return stream(listed(`{"schema":${JSON.stringify(schema)},"results":[`, rows, ']}'));
}

function resultOf(query: string, tables: ReadonlyMap<string, KustoTableData>): KustoResult | SemanticError {
  try {
    return runKusto(query, tables);
  } catch (error) {
    if (error instanceof SemanticError) return error;
    throw error;
  }
}

function* listed(head: string, rows: readonly unknown[], tail: string): Generator<string> {
  yield head;
  for (const [index, row] of rows.entries()) yield `${index === 0 ? '' : ','}${JSON.stringify(row)}`;
  yield tail;
}

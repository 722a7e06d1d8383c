/**
 * The official clients, with all that they send going the one way out (egress.ts): allowed hosts only, names looked up under
 * guard, the source's certificates and proxy, no redirects. They sign in, check the product and read answers.
 */
import { Readable } from 'node:stream';
import type { SourceFetch } from '../egress.ts';
import { patientFetch } from '../retry.ts';
import { type PullContext, SourceError } from '../types.ts';
import { parseExact } from './exact-json.ts';
import { refusalOf } from './refusals.ts';
import { addressOf, type ElasticSecrets, type ElasticSettings, type Product } from './settings.ts';

export type Answer = { readonly body: unknown; readonly headers: Readonly<Record<string, unknown>> };

export type WireRequest = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
};

/** Sends a request to the cluster. Throws SourceError. */
export type Wire = (request: WireRequest) => Promise<Answer>;

/** Loaded when needed: the clients are large, and most processes never ask a cluster. */
export async function openWire(
  product: Product,
  settings: ElasticSettings,
  secrets: ElasticSecrets,
  context: PullContext,
): Promise<Wire> {
  const send = sender(addressOf(settings), context);
  const login = { settings, secrets, node: addressOf(settings) };
  const wire =
    product === 'elasticsearch' ? await elasticsearchWire(login, send) : await openSearchWire(login, send);
  return async (request) => {
    try {
      return await wire(request);
    } catch (error) {
      context.signal.throwIfAborted();
      throw refusalOf(error);
    }
  };
}

type Login = {
  readonly settings: ElasticSettings;
  readonly secrets: ElasticSecrets;
  readonly node: string;
};

type Sent = { readonly statusCode: number; readonly headers: Record<string, string>; readonly body: string };
type Outgoing = {
  readonly method?: string | undefined;
  readonly path?: string | null | undefined;
  readonly querystring?: string | undefined;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
};

/** Done by fetch, or not true any more when it has unpacked the body. */
const DROPPED = new Set(['content-length', 'content-encoding', 'connection', 'transfer-encoding']);

function sender(address: string, context: PullContext): (request: Outgoing) => Promise<Sent> {
  const fetch: SourceFetch = patientFetch(context);
  return async ({ method, path, querystring, headers, body }) => {
    const answer = await fetch(`${address}${path ?? '/'}${querystring ? `?${querystring}` : ''}`, {
      method: method ?? 'GET',
      headers: outgoingHeaders(headers ?? {}),
      ...(typeof body === 'string' && body !== '' ? { body } : {}),
      signal: context.signal,
    });
    const text = await answer.text().catch(() => {
      throw new SourceError('cut', 'The connection to the cluster broke off in the middle of an answer.', {
        remedy: 'The next pull goes on from what was kept.',
      });
    });
    const kept = [...answer.headers].filter(([name]) => !DROPPED.has(name));
    return { statusCode: answer.status, headers: Object.fromEntries(kept), body: text };
  };
}

function outgoingHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const kept = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === null || DROPPED.has(name.toLowerCase())
      ? []
      : // Each version of the client asks for its own version of the API; plain JSON is what all clusters speak.
        [
          [
            name,
            String(value).replace(
              /application\/vnd\.elasticsearch\+json; ?compatible-with=\d+/g,
              'application/json',
            ),
          ],
        ],
  );
  return Object.fromEntries(kept);
}

async function elasticsearchWire(
  { settings, secrets, node }: Login,
  send: (request: Outgoing) => Promise<Sent>,
): Promise<Wire> {
  const { BaseConnection, Client, Serializer } = await import('@elastic/elasticsearch');
  class GuardedConnection extends BaseConnection {
    // biome-ignore lint/suspicious/noExplicitAny: one of two overloads; streams are never asked for.
    override async request(params: Outgoing): Promise<any> {
      return send({ ...params, headers: { ...this.headers, ...params.headers } });
    }
  }
  class ExactSerializer extends Serializer {
    override deserialize<T>(json: string): T {
      return parseExact(json) as T;
    }
  }
  const client = new Client({
    node,
    Connection: GuardedConnection,
    Serializer: ExactSerializer,
    maxRetries: 0,
    enableMetaHeader: false,
    ...(settings.signIn === 'api-key' ? { auth: { apiKey: secrets.apiKey ?? '' } } : {}),
    ...(settings.signIn === 'password'
      ? { auth: { username: settings.username ?? '', password: secrets.password ?? '' } }
      : {}),
  });
  return async ({ method, path, query, body }) => {
    const { body: answer, headers } = await client.transport.request(
      { method, path, querystring: query ?? {}, ...(body ? { body } : {}) },
      { meta: true },
    );
    return { body: answer, headers: headers ?? {} };
  };
}

async function openSearchWire(
  { settings, secrets, node }: Login,
  send: (request: Outgoing) => Promise<Sent>,
): Promise<Wire> {
  const { Client, Connection, Serializer } = await import('@opensearch-project/opensearch');
  class GuardedConnection extends Connection {
    override request(...[params, callback]: Parameters<InstanceType<typeof Connection>['request']>) {
      void send({ ...params, headers: { ...this.headers, ...(params.headers as object) } }).then(
        // The client reads an answer as Node gives it.
        ({ statusCode, headers, body }) =>
          callback(null, Object.assign(Readable.from([body]), { statusCode, headers }) as never),
        // The client writes into what it gets, so our error goes inside another.
        (error: unknown) => callback(new Error('not sent', { cause: error }), null),
      );
      return { abort: () => {} } as never;
    }
  }
  class ExactSerializer extends Serializer {
    override deserialize(json: string): unknown {
      return parseExact(json);
    }
  }
  const client = new Client({
    node,
    Connection: GuardedConnection,
    Serializer: ExactSerializer,
    maxRetries: 0,
    ...(settings.signIn === 'password'
      ? { auth: { username: settings.username ?? '', password: secrets.password ?? '' } }
      : {}),
    ...(settings.signIn === 'token' ? { headers: { authorization: `Bearer ${secrets.token ?? ''}` } } : {}),
  });
  return async ({ method, path, query, body }) => {
    const answer = await client.transport.request({
      method,
      path,
      querystring: query ?? {},
      ...(body ? { body } : {}),
    });
    return { body: answer.body, headers: answer.headers ?? {} };
  };
}

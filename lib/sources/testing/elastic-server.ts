/**
 * The REST API of Elasticsearch and OpenSearch as far as a pull meets it, for tests. Shapes are those of the vendors'
 * documentation and of elasticsearch-specification, from which the official clients' types are made:
 * - every answer of Elasticsearch has X-elastic-product: Elasticsearch (elastic/elasticsearch-js, product check)
 * - GET /: {"cluster_name", "version":{"number", "distribution" (OpenSearch)}} (API reference, "Get cluster info")
 * - GET /_security/_authenticate: {"username", "roles"} ("Authenticate a user"); GET /_plugins/_security/authinfo:
 *   {"user_name"} (opensearch-project/security)
 * - GET /{index}: {name: {"aliases", "mappings", "settings"}} ("Get index information"); /{index}/_field_caps: {"indices",
 *   "fields": {field: {type: {"searchable", "indices"}}}} ("Get the field capabilities")
 * - POST /{index}/_pit?keep_alive: {"id"}, DELETE /_pit {"id"} ("Open a point in time"); OpenSearch: POST
 *   /{index}/_search/point_in_time: {"pit_id"}, DELETE {"pit_id": []} ("Point in Time API")
 * - POST /_search {"pit", "search_after", "sort", "size"}: {"timed_out", "_shards", "pit_id", "hits":{"hits":[{"_index",
 *   "_id", "_source", "sort"}]}}; missing sort values count as the largest long ("Paginate search results")
 * - POST /{index}/_search?scroll, POST /_search/scroll {"scroll_id"}: {"_scroll_id", "hits"} ("Scroll")
 * - errors {"error":{"root_cause":[{"type","reason"}],"type","reason"},"status"} ("Common options", Error response)
 */
import {
  compileTestQuery,
  type Document,
  type Indexed,
  type IndexSetup,
  indexDocument,
} from './elastic-index.ts';
import { json, startTestServer, type TestServer } from './server.ts';

type Json = Record<string, unknown>;

export type ElasticTestServer = TestServer & {
  readonly indexes: Map<string, IndexSetup>;
  readonly documents: Document[];
  version: string;
  /** Whole value of the header Authorization that is accepted. */
  authorization: string;
  mayView: boolean;
  /** Points in time and scrolls that were not released. */
  readonly open: ReadonlySet<string>;
};

const LARGEST_LONG = '9223372036854775807';

export async function startElasticServer(
  product: 'elasticsearch' | 'opensearch',
): Promise<ElasticTestServer> {
  const indexes = new Map<string, IndexSetup>();
  const documents: Document[] = [];
  const searches = new Map<string, { found: readonly Indexed[]; body: Json; at: number }>();
  const open = new Set<string>();
  const state = {
    version: product === 'elasticsearch' ? '9.2.0' : '3.3.0',
    authorization:
      product === 'elasticsearch' ? 'ApiKey elastic-key' : basic('jobsight', 'opensearch-password'),
    mayView: true,
  };
  const namesOf = (target: string): string[] => {
    const found = target.split(',').flatMap((one) => {
      const pattern = new RegExp(`^${one.replace(/[.+]/g, '\\$&').replaceAll('*', '.*')}$`);
      const names = [...indexes.keys()].filter((name) => pattern.test(name));
      if (names.length === 0 && !one.includes('*'))
        throw new Refusal(404, 'index_not_found_exception', `no such index [${one}]`);
      return names;
    });
    return [...new Set(found)];
  };
  const snapshot = (target: string): Indexed[] => {
    const names = new Set(namesOf(target));
    return documents
      .filter(({ index }) => names.has(index))
      .map((document) => indexDocument(document, indexes.get(document.index) ?? { mappings: {} }, product));
  };

  const server = await startTestServer(async ({ method, path, body, headers, stream, response }) => {
    if (product === 'elasticsearch') response.setHeader('x-elastic-product', 'Elasticsearch');
    const refuse = (status: number, type: string, reason: string) =>
      json(response, status, { error: { root_cause: [{ type, reason }], type, reason }, status });
    if ((headers.authorization ?? '') !== state.authorization) {
      refuse(401, 'security_exception', 'unable to authenticate with provided credentials');
      return;
    }
    // To the digit: a client that rounded a place in the order would go on at another one.
    const exact = body.replace(
      /"search_after":\[([^\]]*)\]/,
      (_, list: string) => `"search_after":["${list.split(',').join('","')}"]`,
    );
    const asked = body === '' ? {} : (JSON.parse(exact) as Json);
    const parts = path.split('/').slice(1).map(decodeURIComponent);
    const [target = '', ...rest] = parts;
    const sendPage = async (extra: Json, found: readonly Indexed[]): Promise<void> => {
      response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' });
      await stream(pageText(extra, found));
    };
    try {
      if (path === '/') {
        const distribution = product === 'opensearch' ? { distribution: 'opensearch' } : {};
        json(response, 200, { cluster_name: 'lab', version: { number: state.version, ...distribution } });
      } else if (path === '/_security/_authenticate' || path === '/_plugins/_security/authinfo') {
        json(
          response,
          200,
          product === 'elasticsearch' ? { username: 'jobsight', roles: [] } : { user_name: 'jobsight' },
        );
      } else if (method === 'GET' && rest.length === 0) {
        if (!state.mayView) {
          refuse(403, 'security_exception', 'action [indices:admin/get] is unauthorized for user [jobsight]');
          return;
        }
        const own = namesOf(target).map((name) => [name, { aliases: {}, ...indexes.get(name) }]);
        json(response, 200, Object.fromEntries(own));
      } else if (
        method === 'POST' &&
        (rest[0] === '_pit' || (rest[0] === '_search' && rest[1] === 'point_in_time'))
      ) {
        const id = `pit-${searches.size}`;
        searches.set(id, { found: snapshot(target), body: {}, at: 0 });
        open.add(id);
        json(response, 200, product === 'elasticsearch' ? { id } : { pit_id: id });
      } else if (method === 'DELETE') {
        for (const id of [asked.id, asked.pit_id, asked.scroll_id].flat()) open.delete(String(id));
        json(response, 200, { succeeded: true });
      } else if (path === '/_search/scroll') {
        const id = String(asked.scroll_id);
        const search = searches.get(id);
        if (!search) throw new Refusal(404, 'search_context_missing_exception', 'No search context found');
        const size = Number(search.body.size);
        await sendPage({ _scroll_id: id }, search.found.slice(search.at, search.at + size));
        search.at += size;
      } else if (path === '/_search') {
        const id = String((asked.pit as Json | undefined)?.id);
        const pit = searches.get(id);
        if (!pit || !open.has(id))
          throw new Refusal(404, 'search_context_missing_exception', 'No search context found');
        const sorted = matching(pit.found, asked);
        await sendPage({ pit_id: id }, after(sorted, asked).slice(0, Number(asked.size)));
      } else if (rest[0] === '_search') {
        const found = matching(snapshot(target), asked);
        const size = Number(asked.size);
        if (size === 0) {
          json(response, 200, {
            timed_out: false,
            hits: { total: { value: Math.min(1, found.length), relation: 'gte' }, hits: [] },
          });
          return;
        }
        const id = `scroll-${searches.size}`;
        searches.set(id, { found, body: asked, at: size });
        open.add(id);
        await sendPage({ _scroll_id: id }, found.slice(0, size));
      } else {
        refuse(404, 'not_found', `no handler found for uri [${path}]`);
      }
    } catch (error) {
      if (error instanceof Refusal) refuse(error.status, error.type, error.message);
      else refuse(400, 'parsing_exception', String(error));
    }
  });
  // The state itself, so that what a test changes is what the server sees.
  return Object.assign(state, server, { indexes, documents, open });
}

class Refusal extends Error {
  readonly status: number;
  readonly type: string;
  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

export const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

type Sorted = Indexed & { readonly sort: readonly bigint[] };

function sortFields({ sort }: Json): readonly string[] {
  return ((sort ?? []) as Json[]).flatMap((clause) => Object.keys(clause));
}

function matching(found: readonly Indexed[], request: Json): readonly Sorted[] {
  const holds = compileTestQuery(request.query as Json);
  return found
    .map((document, place) => ({
      ...document,
      sort: sortFields(request).map((field) => sortValue(document, field, place)),
    }))
    .filter((document) => holds(document))
    .sort((a, b) => compare(a.sort, b.sort));
}

function sortValue({ terms }: Indexed, field: string, place: number): bigint {
  if (field === '_shard_doc') return BigInt(place) + (1n << 60n);
  const [value] = terms.get(field) ?? [];
  return value === undefined ? BigInt(LARGEST_LONG) : BigInt(value);
}

function compare(a: readonly bigint[], b: readonly bigint[]): number {
  for (const [at, own] of a.entries()) {
    const other = b[at] ?? 0n;
    if (own !== other) return own < other ? -1 : 1;
  }
  return 0;
}

function after(sorted: readonly Sorted[], request: Json): readonly Sorted[] {
  if (request.search_after === undefined) return sorted;
  const place = (request.search_after as string[]).map(BigInt);
  return sorted.filter((document) => compare(document.sort, place) > 0);
}

function* pageText(extra: Json, found: readonly Indexed[]): Generator<string> {
  yield `${JSON.stringify({ took: 1, timed_out: false, _shards: { total: 1, successful: 1, failed: 0 }, ...extra }).slice(0, -1)},"hits":{"hits":[`;
  for (const [at, document] of found.entries()) {
    const { index, id, source, ignored } = document;
    const sort = 'sort' in document ? (document as Sorted).sort : [];
    const head = JSON.stringify({
      _index: index,
      _id: id,
      _score: null,
      ...(ignored.length > 0 ? { _ignored: ignored } : {}),
      _source: source,
    });
    yield `${at === 0 ? '' : ','}${head.slice(0, -1)},"sort":[${sort.join(',')}]}`;
  }
  yield ']}}';
}

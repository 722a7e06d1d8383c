/**
 * The REST API of Elasticsearch and OpenSearch as far as a pull needs it. Sources: Elasticsearch API reference, "Info",
 * "Get index", "Authenticate", "Point in time", "Search", "Scroll";
 * OpenSearch documentation, "Point in Time API" and Security plugin, "Authentication information".
 */
import { z } from 'zod';
import { SourceError } from '../types.ts';
import type { Query } from './compile.ts';
import { ALL_FIELDS } from './layouts.ts';
import { type Mapped, readMapping } from './mapping.ts';
import type { Product } from './settings.ts';
import type { Answer, Wire } from './wire.ts';

/** Rows of one answer. */
const PAGE_HITS = 1_000;
/** How long the cluster keeps a search between two pages. */
const KEEP_ALIVE = '5m';

const info = z.looseObject({
  cluster_name: z.string().optional(),
  version: z.looseObject({ number: z.string(), distribution: z.string().optional() }),
});
const hit = z.looseObject({
  _index: z.string(),
  _id: z.string(),
  _source: z.record(z.string(), z.unknown()).optional(),
  sort: z.array(z.unknown()).optional(),
});
export type Hit = z.output<typeof hit>;
const page = z.looseObject({
  timed_out: z.boolean().optional(),
  _shards: z.looseObject({ failed: z.number().optional() }).optional(),
  _scroll_id: z.string().optional(),
  pit_id: z.string().optional(),
  hits: z.looseObject({ hits: z.array(hit) }),
});
const pointInTime = z.looseObject({ id: z.string().optional(), pit_id: z.string().optional() });

export type ClusterInfo = {
  readonly name: string;
  readonly version: string;
  readonly isOpenSearch: boolean;
  readonly clockMs: number | null;
};

export type Order = readonly Readonly<Record<string, unknown>>[];

export class Cluster {
  readonly #wire: Wire;
  readonly #target: string;
  readonly #note: (message: string) => void;

  constructor(wire: Wire, indexes: readonly string[], note: (message: string) => void) {
    this.#wire = wire;
    this.#target = indexes.map(encodeURIComponent).join(',');
    this.#note = note;
  }

  async info(): Promise<ClusterInfo> {
    const answer = await this.#wire({ method: 'GET', path: '/' });
    const { cluster_name: name, version } = read(info, answer.body);
    return {
      name: name ?? 'The cluster',
      version: version.number,
      isOpenSearch: version.distribution === 'opensearch',
      clockMs: clockOf(answer),
    };
  }

  /** Who is signed in, where the cluster's security tells; null where it has none. */
  async user(product: Product): Promise<string | null> {
    const path = product === 'elasticsearch' ? '/_security/_authenticate' : '/_plugins/_security/authinfo';
    try {
      const { body } = await this.#wire({ method: 'GET', path });
      const { username, user_name: userName } = read(
        z.looseObject({ username: z.string().optional(), user_name: z.string().optional() }),
        body,
      );
      return username ?? userName ?? null;
    } catch (error) {
      // Clusters without security have no such address.
      if (error instanceof SourceError && error.code === 'query') return null;
      throw error;
    }
  }

  /** Throws SourceError when no index fits, or mappings may not be seen: without them a query may miss, or take everything. */
  async mapping(): Promise<Mapped> {
    const { body } = await this.#wire({
      method: 'GET',
      path: `/${this.#target}`,
      query: { filter_path: MAPPING_PATHS.join(',') },
    });
    const mapped = readMapping(read(z.record(z.string(), z.unknown()), body));
    if (mapped.indexes.length > 0) return mapped;
    throw new SourceError('query', 'No index fits what the source names.', {
      remedy: 'Correct the indexes of the source: GET _cat/indices lists them.',
    });
  }

  /** Documents in order, page by page; all of one moment. */
  async *pages(query: Query, order: Order, product: Product): AsyncGenerator<readonly Hit[]> {
    const pit = await this.#openPit(product);
    if (pit === null) yield* this.#scroll(query, order);
    else yield* this.#searchAfter(query, order, pit, product);
  }

  async #openPit(product: Product): Promise<string | null> {
    if (product === 'opensearch') {
      const { isOpenSearch, version } = await this.info();
      // Before 3.3 nothing tells documents of one time apart there (_shard_doc), and some would be left out.
      if (!isOpenSearch || !isAtLeast(version, 3, 3)) return null;
    }
    const path = product === 'elasticsearch' ? '_pit' : '_search/point_in_time';
    try {
      const answer = await this.#wire({
        method: 'POST',
        path: `/${this.#target}/${path}`,
        query: { keep_alive: KEEP_ALIVE },
      });
      const { id, pit_id: other } = read(pointInTime, answer.body);
      return id ?? other ?? null;
    } catch (error) {
      if (!(error instanceof SourceError) || error.code !== 'rights') throw error;
      this.#note('The role may not open a point in time; the pull scrolled instead.');
      return null;
    }
  }

  async *#searchAfter(
    query: Query,
    order: Order,
    first: string,
    product: Product,
  ): AsyncGenerator<readonly Hit[]> {
    let id = first;
    let after: readonly unknown[] | null = null;
    try {
      for (;;) {
        const answer: z.output<typeof page> = await this.#page({
          method: 'POST',
          path: '/_search',
          query: { allow_partial_search_results: 'false' },
          body: {
            size: PAGE_HITS,
            query,
            sort: [...order, { _shard_doc: 'asc' }],
            pit: { id, keep_alive: KEEP_ALIVE },
            track_total_hits: false,
            ...(after ? { search_after: after } : {}),
          },
        });
        id = answer.pit_id ?? id;
        const { hits } = answer.hits;
        yield hits;
        after = hits.at(-1)?.sort ?? null;
        if (hits.length < PAGE_HITS || after === null) return;
      }
    } finally {
      await this.#release(
        product === 'elasticsearch'
          ? { method: 'DELETE', path: '/_pit', body: { id } }
          : { method: 'DELETE', path: '/_search/point_in_time', body: { pit_id: [id] } },
      );
    }
  }

  async *#scroll(query: Query, order: Order): AsyncGenerator<readonly Hit[]> {
    let id: string | undefined;
    try {
      for (;;) {
        const answer: z.output<typeof page> = await this.#page(
          id === undefined
            ? {
                method: 'POST',
                path: `/${this.#target}/_search`,
                query: { scroll: KEEP_ALIVE, allow_partial_search_results: 'false' },
                body: { size: PAGE_HITS, query, sort: order, track_total_hits: false },
              }
            : { method: 'POST', path: '/_search/scroll', body: { scroll: KEEP_ALIVE, scroll_id: id } },
        );
        id = answer._scroll_id ?? id;
        const { hits } = answer.hits;
        yield hits;
        if (hits.length < PAGE_HITS) return;
      }
    } finally {
      if (id !== undefined)
        await this.#release({ method: 'DELETE', path: '/_search/scroll', body: { scroll_id: [id] } });
    }
  }

  async #page(request: Parameters<Wire>[0]): Promise<z.output<typeof page>> {
    const answer = read(page, (await this.#wire(request)).body);
    if (answer.timed_out === true || (answer._shards?.failed ?? 0) > 0)
      throw new SourceError(
        'busy',
        'Some shards of the cluster did not answer, so that documents may be missing.',
        {
          remedy: 'See GET _cluster/health; the next pull asks again.',
        },
      );
    return answer;
  }

  /** What is not released ends by itself. */
  async #release(request: Parameters<Wire>[0]): Promise<void> {
    await this.#wire(request).catch(() => {});
  }

  async hasAny(query: Query): Promise<boolean> {
    const { body } = await this.#wire({
      method: 'POST',
      path: `/${this.#target}/_search`,
      body: { size: 0, query, terminate_after: 1, track_total_hits: 1 },
    });
    const total = z.looseObject({
      hits: z.looseObject({ total: z.union([z.number(), z.looseObject({ value: z.number() })]) }),
    });
    const count = read(total, body).hits.total;
    return (typeof count === 'number' ? count : count.value) > 0;
  }
}

/** Of an index as the cluster tells it: what a query needs to know of its mapping. */
const MAPPING_PATHS = [
  '*.settings.index.analysis',
  '*.settings.index.uuid',
  ...[...new Set(ALL_FIELDS.map((field) => field.split('.')[0]))].map(
    (name) => `*.mappings.properties.${name}`,
  ),
];

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [own = 0, ownMinor = 0] = version.split('.').map(Number);
  return own > major || (own === major && ownMinor >= minor);
}

/** Header Date (RFC 9110, 6.6.1), which proxies before clusters send; clusters themselves may not. */
function clockOf({ headers }: Answer): number | null {
  const ms = Date.parse(String(headers.date ?? ''));
  return Number.isFinite(ms) ? ms : null;
}

function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const place = result.error.issues[0]?.path.join('.') ?? '';
  throw new SourceError(
    'schema',
    `The cluster answers in another shape than its reference says${place ? `, at ${place}` : ''}.`,
    { remedy: 'Check the address, and whether this version is supported.' },
  );
}

import type { Response } from 'undici';
import { z } from 'zod';
import { clockStep } from '../clock.ts';
import { jsonOf, linesOf, printable } from '../lines.ts';
import { patientFetch } from '../retry.ts';
import {
  type PullBatch,
  type PullContext,
  type PullRequest,
  SourceError,
  type SourceKind,
  type SourceQuery,
  type TestStep,
} from '../types.ts';
import {
  type HttpJsonSecrets,
  type HttpJsonSettings,
  headerOf,
  httpJsonFields,
  httpJsonSecrets,
  httpJsonSettings,
} from './settings.ts';

/** A source that gives ever new pages is wrong about its paging. */
const PAGES_MAX = 100_000;

const cursor = z.object({ until: z.int() }).nullable();

/**
 * Any address that answers with JSON. Nothing is pushed down: all rows come and our engine judges them; which of their keys
 * means what is asked once on the screen of the evidence that they become.
 */
export const httpJson: SourceKind<HttpJsonSettings, HttpJsonSecrets> = {
  kind: 'http-json',
  label: 'HTTP with JSON',
  description: 'Any other system that answers with JSON: an address, headers, paging.',
  fields: httpJsonFields,
  settings: httpJsonSettings,
  secrets: httpJsonSecrets,
  origins: ({ url }) => [new URL(url).origin],
  coverage: (_, rules) =>
    rules.map(({ id }) => ({
      detectionId: id,
      isCovered: true,
      reason: 'As far as its rows hold what the detection looks at; the evidence says so.',
    })),
  queries: (settings, { rules }) => [
    queryOf(
      settings,
      rules.map(({ id }) => id),
    ),
  ],
  test,
  pull,
};

function queryOf(settings: HttpJsonSettings, detectionIds: readonly string[]): SourceQuery {
  return {
    detectionIds,
    language: 'http',
    text: `GET ${settings.url}`,
    widened: ['all rows are pulled; our engine judges them'],
  };
}

async function* pull(
  settings: HttpJsonSettings,
  secrets: HttpJsonSecrets,
  request: PullRequest,
  context: PullContext,
): AsyncGenerator<PullBatch> {
  const query = queryOf(
    settings,
    request.rules.map(({ id }) => id),
  );
  const before = cursor.parse(request.cursor);
  const { slice } = request;
  if (slice && (!settings.fromParam || !settings.untilParam))
    throw new SourceError('query', 'This source cannot be asked for a span of time.', {
      remedy: 'Name its parameters for rows since and until a time.',
    });
  const fromMs = slice
    ? Number(slice.fromTicks / 10_000n)
    : before === null
      ? null
      : Math.max(0, before.until - request.lookBackMs);
  const untilMs = slice ? Number(slice.toTicks / 10_000n) : request.nowMs;
  for await (const rows of pagesOf(settings, secrets, { fromMs, untilMs }, context)) {
    yield {
      query,
      rows: rows.map((row) => ({ text: JSON.stringify(row), key: keyOf(row, settings.keyPath) })),
      cursor: null,
    };
  }
  yield { query, rows: [], cursor: slice ? { isDone: true } : { until: untilMs } };
}

type Span = { readonly fromMs: number | null; readonly untilMs: number };

async function* pagesOf(
  settings: HttpJsonSettings,
  secrets: HttpJsonSecrets,
  span: Span,
  context: PullContext,
): AsyncGenerator<readonly unknown[]> {
  const fetch = patientFetch(context);
  const first = firstPage(settings, span);
  let url: URL | null = first;
  for (let page = 0; url !== null; page += 1) {
    if (page >= PAGES_MAX)
      throw new SourceError('schema', 'The source has no last page.', { remedy: 'Check how it pages.' });
    const answer = await fetch(url, { headers: headersOf(settings, secrets), signal: context.signal });
    if (!answer.ok) throw await refusalOf(answer);
    const link = nextLink(answer.headers.get('link'));
    const { rows, body } = await rowsOf(answer, settings);
    yield rows;
    url =
      rows.length === 0 ? null : nextPage(settings, { first, page: page + 1, rows: rows.length, body, link });
  }
}

function firstPage(settings: HttpJsonSettings, { fromMs, untilMs }: Span): URL {
  const url = new URL(settings.url);
  const { paging, pageParam, sizeParam, pageSize, fromParam, untilParam } = settings;
  if (paging !== 'none' && sizeParam) url.searchParams.set(sizeParam, String(pageSize));
  if (paging === 'offset' && pageParam) url.searchParams.set(pageParam, '0');
  if (fromParam && fromMs !== null) url.searchParams.set(fromParam, timeOf(fromMs, settings));
  if (untilParam) url.searchParams.set(untilParam, timeOf(untilMs, settings));
  return url;
}

type Read = {
  readonly first: URL;
  /** Of the page to come, from 0. */
  readonly page: number;
  readonly rows: number;
  readonly body: unknown;
  readonly link: string | null;
};

function nextPage(settings: HttpJsonSettings, { first, page, rows, body, link }: Read): URL | null {
  const { paging, pageParam, pageSize, nextPath } = settings;
  const next = nextPath ? at(body, nextPath) : undefined;
  const url = new URL(first);
  switch (paging) {
    case 'none':
      return null;
    case 'link': {
      const address = typeof next === 'string' ? next : link;
      return address === null || address === '' ? null : new URL(address, first);
    }
    case 'cursor':
      if (typeof next !== 'string' && typeof next !== 'number') return null;
      if (next === '') return null;
      url.searchParams.set(pageParam ?? 'cursor', String(next));
      return url;
    case 'page':
      if (rows < pageSize) return null;
      // The first page has no number in its address, and the second is 2 wherever pages are counted by people.
      url.searchParams.set(pageParam ?? 'page', String(page + 1));
      return url;
    case 'offset':
      if (rows < pageSize) return null;
      url.searchParams.set(pageParam ?? 'offset', String(page * pageSize));
      return url;
  }
}

async function rowsOf(
  answer: Response,
  { rowsPath }: HttpJsonSettings,
): Promise<{ readonly rows: readonly unknown[]; readonly body: unknown }> {
  const type = answer.headers.get('content-type') ?? '';
  if (/ndjson|jsonl|json-seq/.test(type)) {
    const rows: unknown[] = [];
    for await (const line of linesOf(answer)) rows.push(parsed(line));
    return { rows, body: null };
  }
  const body = await jsonOf(answer);
  const rows = rowsPath ? at(body, rowsPath) : body;
  if (Array.isArray(rows)) return { rows, body };
  throw new SourceError(
    'schema',
    rowsPath ? `The answer has no list at ${rowsPath}.` : 'The answer is no list of rows.',
    {
      remedy: 'Say where in the answer the rows are.',
    },
  );
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new SourceError('schema', `A row is no JSON: ${printable(line)}`);
  }
}

/** The value at keys joined by dots; undefined where there is none. */
function at(value: unknown, path: string): unknown {
  let here = value;
  for (const key of path.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<string, unknown>)[key];
  }
  return here;
}

function keyOf(row: unknown, keyPath: string | undefined): string {
  const key = keyPath ? at(row, keyPath) : undefined;
  return key === undefined || key === null ? JSON.stringify(row) : String(key);
}

function timeOf(ms: number, { times }: HttpJsonSettings): string {
  if (times === 'epoch-ms') return String(ms);
  return times === 'epoch-s' ? String(Math.floor(ms / 1_000)) : new Date(ms).toISOString();
}

function headersOf(settings: HttpJsonSettings, secrets: HttpJsonSecrets): Record<string, string> {
  const all = [...settings.headers, ...(secrets.header === undefined ? [] : [secrets.header])];
  return { accept: 'application/json', ...Object.fromEntries(all.map(headerOf)) };
}

/** RFC 8288: `<https://…>; rel="next"` */
function nextLink(header: string | null): string | null {
  return /<([^>]+)>\s*;[^,]*\brel="?next"?/.exec(header ?? '')?.[1] ?? null;
}

async function refusalOf(answer: Response): Promise<SourceError> {
  const said = printable(await answer.text().catch(() => ''));
  if (answer.status === 401)
    return new SourceError('sign-in', 'The source does not accept the sign-in.', {
      remedy: 'Enter the secret header again; a token may have expired.',
    });
  if (answer.status === 403)
    return new SourceError('rights', 'The source does not allow it.', {
      remedy: 'Check what the token may read.',
    });
  return new SourceError('query', `The source answers ${answer.status}${said ? `: ${said}` : ''}.`);
}

async function* test(
  settings: HttpJsonSettings,
  secrets: HttpJsonSecrets,
  context: PullContext,
): AsyncGenerator<TestStep> {
  const answer = await patientFetch(context)(firstPage(settings, { fromMs: null, untilMs: Date.now() }), {
    headers: headersOf(settings, secrets),
    signal: context.signal,
  });
  yield { step: 'reach', state: 'works', message: `${new URL(settings.url).host} answers.`, remedy: null };
  if (!answer.ok) throw await refusalOf(answer);
  yield { step: 'sign-in', state: 'works', message: 'It gives an answer.', remedy: null };
  const clockMs = Date.parse(answer.headers.get('date') ?? '');
  const { rows } = await rowsOf(answer, settings);
  yield rows.length > 0
    ? { step: 'data', state: 'works', message: `The first page has ${rows.length} rows.`, remedy: null }
    : {
        step: 'data',
        state: 'warning',
        message: 'The first page has no rows.',
        remedy: 'Check the address.',
      };
  yield clockStep(Number.isFinite(clockMs) ? clockMs : null, Date.now());
}

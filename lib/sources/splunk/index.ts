import { z } from 'zod';
import { clockStep } from '../clock.ts';
import type {
  PullBatch,
  PullContext,
  PulledRow,
  PullRequest,
  SourceCoverage,
  SourceKind,
  TestStep,
} from '../types.ts';
import { splunkClient } from './client.ts';
import { splunkQuery } from './compile.ts';
import {
  type SplunkSecrets,
  type SplunkSettings,
  splunkFields,
  splunkSecrets,
  splunkSettings,
} from './settings.ts';

/** Rows that are handed on together. */
const BATCH_ROWS = 1_000;

/** What was indexed before this second has been pulled. */
const cursor = z.object({ indexedBefore: z.int() }).nullable();

/**
 * Splunk Enterprise and Cloud. One search finds what the detections may select by the words of its index; a scheduled pull
 * asks by index time, so that an event of three days ago that arrives now is found.
 */
export const splunk: SourceKind<SplunkSettings, SplunkSecrets> = {
  kind: 'splunk',
  label: 'Splunk',
  description: 'Splunk Enterprise or Cloud, by its REST API on the management port.',
  fields: splunkFields,
  settings: splunkSettings,
  secrets: splunkSecrets,
  origins: ({ url }) => [new URL(url).origin],
  coverage: (_, rules) =>
    rules.map(({ id }): SourceCoverage => ({ detectionId: id, isCovered: true, reason: null })),
  queries: (settings, { rules }) => [splunkQuery(settings, rules)],
  test,
  pull,
};

async function* pull(
  settings: SplunkSettings,
  secrets: SplunkSecrets,
  request: PullRequest,
  context: PullContext,
): AsyncGenerator<PullBatch> {
  const client = splunkClient(settings, secrets, context);
  const query = splunkQuery(settings, request.rules);
  const { slice } = request;
  const before = cursor.parse(request.cursor);
  // Splunk counts whole seconds; what is indexed within the running one is left to the next pull.
  const until = Math.floor(request.nowMs / 1_000);
  const times = slice
    ? {
        earliest: Number(slice.fromTicks / TICKS),
        latest: Number((slice.toTicks + TICKS - 1n) / TICKS),
        indexEarliest: null,
        indexLatest: null,
      }
    : {
        earliest: 0,
        latest: null,
        indexEarliest:
          before === null ? null : Math.max(0, before.indexedBefore - Math.ceil(request.lookBackMs / 1_000)),
        indexLatest: until,
      };
  let rows: PulledRow[] = [];
  for await (const { line, row } of client.export(query.text, times)) {
    rows.push({ text: line, key: keyOf(row.result, line) });
    if (rows.length < BATCH_ROWS) continue;
    yield { query, rows, cursor: null };
    rows = [];
  }
  yield { query, rows, cursor: slice ? { isDone: true } : { indexedBefore: until } };
}

const TICKS = 10_000_000n;

/** Bucket and address in it name an event for ever (Splunk, "_cd" and "_bkt" internal fields); else the row itself does. */
function keyOf(
  result: { _cd?: string | undefined; _bkt?: string | undefined } | undefined,
  line: string,
): string {
  return result?._cd && result._bkt ? `${result._bkt} ${result._cd}` : line;
}

async function* test(
  settings: SplunkSettings,
  secrets: SplunkSecrets,
  context: PullContext,
): AsyncGenerator<TestStep> {
  const client = splunkClient(settings, secrets, context);
  await client.signIn();
  const info = await client.info();
  yield {
    step: 'reach',
    state: 'works',
    message: `${info.name} answers: Splunk ${info.version}.`,
    remedy: null,
  };
  yield settings.url.startsWith('https:')
    ? { step: 'tls', state: 'works', message: 'The connection is encrypted.', remedy: null }
    : {
        step: 'tls',
        state: 'warning',
        message: 'The connection is not encrypted: whoever stands between reads the sign-in.',
        remedy: 'Use https.',
      };
  const { username, capabilities } = await client.context();
  yield { step: 'sign-in', state: 'works', message: `Signed in as ${username}.`, remedy: null };
  yield capabilities.length === 0 || capabilities.includes('search')
    ? { step: 'rights', state: 'works', message: 'The user may search.', remedy: null }
    : {
        step: 'rights',
        state: 'fails',
        message: `${username} may not search.`,
        remedy: 'Give its role the capability search.',
      };
  yield* dataSteps(settings, context, client);
  yield clockStep(info.clockMs, Date.now());
}

/** Which data is there: what each detection needs, over the last 30 days. */
async function* dataSteps(
  settings: SplunkSettings,
  context: PullContext,
  client: ReturnType<typeof splunkClient>,
): AsyncGenerator<TestStep> {
  const nowSec = Math.floor(Date.now() / 1_000);
  const times = { earliest: nowSec - 30 * 86_400, latest: null, indexEarliest: null, indexLatest: null };
  const base = splunkQuery(settings, []).text.split(' (')[0] ?? 'search index=*';
  for (const { words, label } of DATA) {
    let count = 0;
    for await (const { row } of client.export(`${base} ${words} | head 1 | stats count`, times)) {
      count = Number((row.result as Record<string, unknown> | undefined)?.count ?? 0);
    }
    context.signal.throwIfAborted();
    yield count > 0
      ? { step: 'data', state: 'works', message: `There are ${label} of the last 30 days.`, remedy: null }
      : {
          step: 'data',
          state: 'warning',
          message: `There are no ${label} of the last 30 days in these indexes.`,
          remedy: 'Name the index that holds them, or have them collected.',
        };
  }
}

const DATA = [
  { words: '4104 scriptblocktext', label: 'PowerShell script blocks (event 4104)' },
  {
    words: '(13 targetobject) OR (4657 objectvaluename)',
    label: 'registry writes (Sysmon 13 or Security 4657)',
  },
] as const;

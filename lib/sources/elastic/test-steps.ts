import { clockStep } from '../clock.ts';
import type { PullContext, TestStep } from '../types.ts';
import { Cluster } from './cluster.ts';
import { type Query, scoped } from './compile.ts';
import { CHANNEL, EVENT_TIME, RAW_FIELDS } from './layouts.ts';
import type { FieldUse, Mapped } from './mapping.ts';
import { notesOf } from './pull.ts';
import { addressOf, type ElasticSecrets, type ElasticSettings, type Product } from './settings.ts';
import { openWire } from './wire.ts';

/** Tries everything that a pull needs. */
export async function* testElastic(
  product: Product,
  settings: ElasticSettings,
  secrets: ElasticSecrets,
  context: PullContext,
): AsyncGenerator<TestStep> {
  const cluster = new Cluster(
    await openWire(product, settings, secrets, context),
    settings.indexes,
    context.note,
  );
  const info = await cluster.info();
  const name = info.isOpenSearch ? 'OpenSearch' : 'Elasticsearch';
  yield works('reach', `${info.name} answers: ${name} ${info.version}.`);
  yield addressOf(settings).startsWith('https:')
    ? works('tls', 'The connection is encrypted.')
    : warning(
        'tls',
        'The connection is not encrypted: whoever stands between reads the sign-in.',
        'Use https.',
      );
  const user = await cluster.user(product);
  yield user === null
    ? warning('sign-in', 'The cluster does not tell who is signed in.', 'Switch its security on.')
    : works('sign-in', `Signed in as ${user}.`);
  const mapped = await cluster.mapping();
  yield works('rights', `The user may see the mappings of ${mapped.indexes.length} indexes.`);
  yield* dataSteps(cluster, mapped);
  yield clockStep(info.clockMs, Date.now());
}

/** Which layouts and kinds of events are there. */
async function* dataSteps(cluster: Cluster, mapped: Mapped): AsyncGenerator<TestStep> {
  for (const { label, fields, events, words } of DATA) {
    const found = fields.filter((field) => mapped.uses.has(field));
    const layouts: string[] = [];
    for (const field of found) if (await cluster.hasAny(holds(field, events))) layouts.push(field);
    for (const field of layouts.length > 0 ? [] : RAW_FIELDS)
      for (const use of searchable(mapped, field))
        if (!layouts.includes(field) && (await cluster.hasAny(says(use, words)))) layouts.push(field);
    yield layouts.length > 0
      ? works('data', `There are ${label}, in ${layouts.join(', ')}.`)
      : warning(
          'data',
          found.length > 0 || RAW_FIELDS.some((field) => searchable(mapped, field).length > 0)
            ? `There are no ${label} of the last 30 days in these indexes.`
            : `These indexes have no field for ${label}.`,
          'Name the indexes that hold them, or have them collected.',
        );
  }
  for (const note of notesOf(mapped))
    yield warning('data', note, 'Set event.ingested by an ingest pipeline, as Elastic Agent does.');
}

function holds(field: string, events: readonly string[]): Query {
  return {
    bool: {
      filter: [{ exists: { field } }, RECENT],
      // A Windows event of another number may have a field of the same name.
      should: [
        { terms: { 'winlog.event_id': [...events] } },
        { terms: { 'event.code': [...events] } },
        { bool: { must_not: [{ exists: { field: CHANNEL } }] } },
      ],
      minimum_should_match: 1,
    },
  };
}

const RECENT: Query = { range: { [EVENT_TIME]: { gte: 'now-30d' } } };

const searchable = (mapped: Mapped, field: string): readonly FieldUse[] =>
  (mapped.uses.get(field) ?? []).filter(({ how }) => how === 'exact' || how === 'words');

/** Raw text has the names of what it holds in it. */
function says(use: FieldUse, words: readonly string[]): Query {
  const has = (word: string) =>
    scoped(use, { wildcard: { [use.field]: { value: `*${word}*`, case_insensitive: true } } });
  return { bool: { filter: [RECENT, ...words.map(has)] } };
}

const DATA = [
  {
    label: 'PowerShell script blocks (event 4104)',
    fields: ['winlog.event_data.ScriptBlockText', 'powershell.file.script_block_text', 'ScriptBlockText'],
    events: ['4104'],
    words: ['4104', 'scriptblocktext'],
  },
  {
    label: 'registry writes (Sysmon 13, Security 4657 or Elastic Defend)',
    fields: [
      'winlog.event_data.TargetObject',
      'winlog.event_data.ObjectValueName',
      'registry.path',
      'TargetObject',
    ],
    events: ['13', '14', '4657'],
    words: ['targetobject'],
  },
] as const;

const works = (step: TestStep['step'], message: string): TestStep => ({
  step,
  state: 'works',
  message,
  remedy: null,
});
const warning = (step: TestStep['step'], message: string, remedy: string): TestStep => ({
  step,
  state: 'warning',
  message,
  remedy,
});

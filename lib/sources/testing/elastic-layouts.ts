/**
 * Windows events as documents of the layouts that are met, with the mapping that their index has: Winlogbeat's fields.yml
 * (event_data as keywords of at most 1024, message as match_only_text), the Elastic Agent integration "windows"
 * (powershell.file.script_block_text as text with a pattern analyzer), Elastic Defend ("endpoint": registry fields of ECS),
 * and raw text as a shipper sends it.
 */
import { winlogbeat, winlogbeatModule } from '#lib/evidence/json/testing/write-forms.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import type { Document, IndexSetup } from './elastic-index.ts';

type Source = Record<string, unknown>;

export type Layout = {
  readonly index: string;
  readonly setup: IndexSetup;
  /** Null for an event that the layout does not hold. */
  readonly write: (record: EvidenceRecord) => Source | null;
};

const keyword = { type: 'keyword', ignore_above: 1024 } as const;
const object = (properties: Source): Source => ({ properties });
const TIMES = { '@timestamp': { type: 'date' } };
/** ECS keeps the original event unsearchable. */
const EVENT = {
  code: keyword,
  action: keyword,
  category: keyword,
  type: keyword,
  ingested: { type: 'date' },
};
const ORIGINAL = { type: 'keyword', index: false, doc_values: false };

export const LAYOUTS = {
  winlogbeat: {
    index: 'winlogbeat-8.17.0',
    setup: {
      mappings: object({
        ...TIMES,
        message: { type: 'match_only_text' },
        event: object({ ...EVENT, original: ORIGINAL }),
        winlog: object({
          channel: keyword,
          event_id: keyword,
          event_data: object({ ScriptBlockText: keyword, TargetObject: keyword, ObjectValueName: keyword }),
        }),
      }),
    },
    write: winlogbeat,
  },
  'Elastic Agent': {
    index: 'logs-windows.forwarded-default',
    setup: {
      settings: {
        index: {
          analysis: {
            analyzer: { powershell_script_analyzer: { type: 'pattern', pattern: '[\\W&&[^-]]+' } },
          },
        },
      },
      mappings: object({
        ...TIMES,
        message: { type: 'match_only_text' },
        event: object({ ...EVENT, original: ORIGINAL }),
        powershell: object({
          file: object({ script_block_text: { type: 'text', analyzer: 'powershell_script_analyzer' } }),
        }),
        registry: object({ path: { type: 'wildcard' }, value: keyword }),
        winlog: object({ channel: keyword, event_id: keyword }),
      }),
    },
    write: agentDocument,
  },
  'Elastic Defend': {
    index: 'logs-endpoint.events.registry-default',
    setup: {
      mappings: object({
        ...TIMES,
        event: object(EVENT),
        powershell: object({ file: object({ script_block_text: { type: 'wildcard' } }) }),
        registry: object({ path: keyword, key: keyword, value: keyword, hive: keyword }),
      }),
    },
    write: defendDocument,
  },
  'raw text': {
    index: 'syslog-2026',
    setup: {
      mappings: object({
        ...TIMES,
        message: { type: 'text' },
        event: object({ ingested: { type: 'date' } }),
      }),
    },
    write: (record) => ({ '@timestamp': timeOf(record), message: renderEventXml(record) }),
  },
} satisfies Readonly<Record<string, Layout>>;

export type LayoutName = keyof typeof LAYOUTS;

/** @param ingestedMs when the cluster got it; null for an index without event.ingested */
export function documentOf(
  { index, write }: Layout,
  record: EvidenceRecord,
  id: string,
  ingestedMs: number | null,
): Document | null {
  const source = write(record);
  if (source === null) return null;
  const event = { ...(source.event as Source | undefined) };
  if (ingestedMs !== null) event.ingested = new Date(ingestedMs).toISOString();
  // As it is sent: what is undefined is not there.
  return { index, id, source: JSON.parse(JSON.stringify({ ...source, event })) as Source };
}

function agentDocument(record: EvidenceRecord): Source {
  const written = winlogbeatModule(record) as Source & { winlog: { event_data: Record<string, string> } };
  const { TargetObject: target, ...values } = written.winlog.event_data;
  const path = target === undefined ? {} : { registry: { path: target, value: target.split('\\').at(-1) } };
  return { ...written, ...path, winlog: { ...written.winlog, event_data: values } };
}

function defendDocument(record: EvidenceRecord): Source | null {
  const value = (name: string) => record.data.find(([key]) => key === name)?.[1];
  const base = {
    '@timestamp': timeOf(record),
    ecs: { version: '8.10.0' },
    agent: { type: 'endpoint' },
    host: { name: record.system.computer },
    user: { id: record.system.userId, name: 'SYSTEM' },
  };
  const target = value('TargetObject');
  if (record.system.eventId === 13 && target !== undefined)
    return {
      ...base,
      event: {
        category: ['registry'],
        type: ['change'],
        action: 'modification',
        dataset: 'endpoint.events.registry',
      },
      registry: { path: target, value: target.split('\\').at(-1), data: { strings: [value('Details')] } },
      process: { executable: value('Image'), pid: Number(value('ProcessId')), name: 'x' },
    };
  if (record.system.eventId === 4104)
    return {
      ...base,
      event: { category: ['process'], type: ['info'], dataset: 'endpoint.events.api' },
      powershell: {
        file: { script_block_text: value('ScriptBlockText'), script_block_id: value('ScriptBlockId') },
      },
    };
  return null;
}

const timeOf = (record: EvidenceRecord): string =>
  new Date(Number((record.timeTicks ?? 0n) / 10_000n)).toISOString();

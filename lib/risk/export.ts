import Papa from 'papaparse';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { techniquesOf } from '#lib/content/attack.ts';
import { toPostgres } from '#lib/db/postgres-text.ts';
import { loadedContent } from '#lib/detection/rules.ts';
import { SECOND_TICKS } from '#lib/events/ticks.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';
import { riskEventItems } from './event-items.ts';
import type { RiskExportQuery } from './inputs.ts';
import { stixBundle } from './stix.ts';
import type { RiskEventItem } from './types.ts';

export type RiskExport = { readonly fileName: string; readonly text: string; readonly contentType: string };

/** Risk events, of one object or of all, as a file for others. */
export async function exportRisk(actor: Actor, query: RiskExportQuery): Promise<RiskExport> {
  requirePermission(actor, 'read');
  const events = await riskEventItems({
    ...(query.type === undefined ? {} : { objectType: query.type }),
    ...(query.name === undefined ? {} : { objectName: toPostgres(query.name) }),
  });
  switch (query.as) {
    case 'csv':
      return { fileName: 'risk-events.csv', text: csvOf(events), contentType: 'text/csv' };
    case 'json':
      return {
        fileName: 'risk-events.json',
        text: pretty(events.map(plain)),
        contentType: 'application/json',
      };
    case 'splunk': {
      const rows = await splunkRows(events);
      // One event a line, as the risk index is filled.
      const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
      return { fileName: 'risk-index.jsonl', text, contentType: 'application/x-ndjson' };
    }
    case 'stix': {
      const techniques = techniquesOf(await loadedContent());
      const text = pretty(stixBundle(events, techniques));
      return { fileName: 'risk-stix.json', text, contentType: 'application/stix+json' };
    }
  }
}

const CSV_COLUMNS = [
  'time',
  'risk_object',
  'risk_object_type',
  'logged_name',
  'detection',
  'detection_id',
  'finding',
  'episode',
  'base_score',
  'factors',
  'filter_factor',
  'score',
  'techniques',
  'message',
] as const;

function csvOf(events: readonly RiskEventItem[]): string {
  const data = events.map((event) => [
    formatIsoTime(BigInt(event.ticks)),
    event.objectName,
    event.objectType,
    event.loggedName,
    event.detectionName,
    event.detectionId,
    `F-${event.findingNumber}`,
    event.episode,
    event.baseScore,
    event.factors.map(factorText).join(' '),
    event.filterFactor,
    event.score,
    event.techniques.join(' '),
    event.message,
  ]);
  // A spreadsheet must not take a value of the evidence for a formula.
  return `${Papa.unparse({ fields: [...CSV_COLUMNS], data }, { escapeFormulae: true, newline: '\n' })}\n`;
}

function factorText({ number, operation, value }: RiskEventItem['factors'][number]): string {
  return `RF-${number}${operation === 'multiply' ? '×' : value < 0 ? '' : '+'}${value}`;
}

function plain({ ticks, ...event }: RiskEventItem) {
  return { time: formatIsoTime(BigInt(ticks)), ...event };
}

/** Under the field names of Splunk's risk index (ES, "Risk" data model). */
async function splunkRows(events: readonly RiskEventItem[]) {
  const techniques = new Map(techniquesOf(await loadedContent()).map((one) => [one.id, one]));
  return events.map((event) => {
    const tactics = event.techniques.flatMap((id) => techniques.get(id)?.tactics ?? []);
    return {
      _time: epochSeconds(BigInt(event.ticks)),
      search_name: event.detectionName,
      source: event.detectionName,
      detection_id: event.detectionId,
      risk_object: event.objectName,
      risk_object_type: event.objectType,
      normalized_risk_object: event.objectName,
      orig_risk_object: event.loggedName,
      risk_score: event.baseScore,
      calculated_risk_score: event.score,
      risk_factor_mult: product(event, 'multiply'),
      risk_factor_add: product(event, 'add'),
      risk_message: event.message,
      analyticstories: event.stories,
      'annotations.mitre_attack': event.techniques,
      'annotations.mitre_attack.mitre_technique_id': event.techniques,
      'annotations.mitre_attack.mitre_tactic_id': [...new Set(tactics.map(({ id }) => id))],
      'annotations.mitre_attack.mitre_tactic': [...new Set(tactics.map(({ name }) => name))],
      orig_event_id: event.findingId,
    };
  });
}

function product({ factors }: RiskEventItem, operation: 'add' | 'multiply'): number {
  const values = factors.filter((one) => one.operation === operation).map(({ value }) => value);
  return operation === 'add'
    ? values.reduce((sum, value) => sum + value, 0)
    : values.reduce((all, value) => all * value, 1);
}

/** Decimal seconds since 1970 UTC with all seven digits, which a number could not hold. */
function epochSeconds(ticks: bigint): string {
  const seconds = ticks / SECOND_TICKS;
  return `${seconds}.${(ticks % SECOND_TICKS).toString().padStart(7, '0')}`;
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

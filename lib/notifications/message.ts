import { formatIsoTime } from '#lib/evidence/time.ts';
import { filled, type TemplateValues } from './template.ts';
import { clipped, visibleLine } from './text.ts';
import type { Message, Occurrence } from './types.ts';

const TITLE_MAX = 300;
const BODY_MAX = 10_000;

export const USUAL_TITLE = '$event$ ($severity$): $detection$';
export const USUAL_BODY = [
  '$sentence$',
  'Finding: $finding$',
  'Host: $host$',
  'User: $user$',
  'ATT&CK: $techniques$',
  'First seen: $first_time$',
  'Failing since: $failing_since$',
].join('\n');
/** Sources have no detection and no severity. */
const USUAL_SOURCE_TITLE = '$event$: $source$';

type Told = { readonly id: string; readonly occurrence: Occurrence; readonly at: Date };
export type Telling = {
  readonly titleTemplate: string | null;
  readonly bodyTemplate: string | null;
  /** Without a slash at its end. */
  readonly baseUrl: string;
};

/** An occurrence in the words of a channel. */
export function messageOf({ id, occurrence, at }: Told, telling: Telling): Message {
  const link = linkOf(occurrence, telling.baseUrl);
  if (occurrence.event === 'test') {
    const channel = visibleLine(occurrence.channel);
    return {
      id,
      occurrence,
      at,
      title: 'Jobsight: test',
      body: `This is a test of the channel ${channel}. Nothing happened.`,
      link,
    };
  }
  const values = { ...valuesOf(occurrence), link };
  const usual = 'source' in occurrence ? USUAL_SOURCE_TITLE : USUAL_TITLE;
  const title = filled(telling.titleTemplate ?? usual, values)
    .replaceAll('\n', ' ')
    .trim();
  return {
    id,
    occurrence,
    at,
    title: clipped(title || EVENT_WORDS[occurrence.event], TITLE_MAX),
    body: clipped(filled(telling.bodyTemplate ?? USUAL_BODY, values), BODY_MAX),
    link,
  };
}

const EVENT_WORDS = {
  'new-finding': 'New finding',
  incident: 'Incident',
  'source-failure': 'Source failing',
  'source-mended': 'Source works again',
} as const;

function valuesOf(occurrence: Exclude<Occurrence, { event: 'test' }>): TemplateValues {
  const event = EVENT_WORDS[occurrence.event];
  if ('sourceId' in occurrence)
    return {
      event,
      source: occurrence.source,
      failing_since: occurrence.failingSince,
      sentence:
        occurrence.event === 'source-failure'
          ? occurrence.failure
          : `${occurrence.source} can be pulled from again.`,
    };
  return {
    event: occurrence.isRecurred ? `Recurred ${event.replace('New ', '').toLowerCase()}` : event,
    severity: occurrence.severity,
    detection: occurrence.detection,
    finding: `F-${occurrence.findingNumber}`,
    sentence: occurrence.sentence,
    host: occurrence.host ?? '',
    user: occurrence.user ?? '',
    techniques: occurrence.techniques.join(', '),
    mode: occurrence.mode,
    first_time: timeOf(occurrence.firstTicks),
    last_time: timeOf(occurrence.lastTicks),
  };
}

const timeOf = (ticks: string | null): string => (ticks === null ? '' : formatIsoTime(BigInt(ticks)));

function linkOf(occurrence: Occurrence, baseUrl: string): string {
  switch (occurrence.event) {
    case 'new-finding':
    case 'incident':
      return `${baseUrl}/findings/F-${occurrence.findingNumber}`;
    case 'source-failure':
    case 'source-mended':
      return `${baseUrl}/sources/${encodeURIComponent(occurrence.sourceId)}`;
    case 'test':
      return `${baseUrl}/system/notifications`;
  }
}

/** Several messages as one: how many, and each title with its link. */
export function digestOf(messages: readonly Message[]): {
  readonly title: string;
  readonly lines: readonly { readonly text: string; readonly link: string }[];
} {
  return {
    title: `Jobsight: ${messages.length} notifications`,
    lines: messages.map(({ title, occurrence, link }) => ({
      text: 'host' in occurrence && occurrence.host ? `${title} — ${visibleLine(occurrence.host)}` : title,
      link,
    })),
  };
}

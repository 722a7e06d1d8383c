import { createHash } from 'node:crypto';
import type { Place } from '#lib/evidence/record.ts';

/** Tools whose output says what their rules found, not what was logged. */
export type AlertTool = 'chainsaw' | 'hayabusa';

/** The worst first; `unknown`: the output does not tell it. */
export const ALERT_LEVELS = ['critical', 'high', 'medium', 'low', 'informational', 'unknown'] as const;
export type AlertLevel = (typeof ALERT_LEVELS)[number];

/**
 * What a rule of another tool said of an event. It is no event: texts in it are shortened and renamed, and what no rule
 * matched is missing, so that nothing can be searched or judged in it.
 */
export type ToolAlert = {
  readonly tool: AlertTool;
  /** Title of the rule; several of one row are joined as the tool does. */
  readonly title: string;
  readonly level: AlertLevel;
  /** 100 ns ticks since 1970 UTC, as far as the tool writes digits. */
  readonly timeTicks: bigint | null;
  /** As EvidenceRecord.localTime. */
  readonly localTime: string | null;
  readonly computer: string | null;
  /** Of the event that the rule matched; a channel that the tool shortens is given in full where that is known. */
  readonly channel: string | null;
  readonly eventId: number | null;
  readonly recordId: string | null;
  /** ATT&CK techniques and tactics, as the tool names them. */
  readonly tags: readonly string[];
  /** What the tool shows of the event, in one line. */
  readonly details: string;
};

export type PlacedAlert = ToolAlert & { readonly place: Place };

const NAMES: Readonly<Record<AlertTool, string>> = { chainsaw: 'Chainsaw', hayabusa: 'Hayabusa' };

export function toolName(tool: AlertTool): string {
  return NAMES[tool];
}

const TITLE_MAX = 500;
const DETAILS_MAX = 1_000;
const TAGS_MAX = 50;
const TAG_MAX = 100;

/** An alert whose texts have a length that can be kept and shown. */
export function boundAlert(alert: ToolAlert): ToolAlert {
  return {
    ...alert,
    title: shortened(alert.title, TITLE_MAX),
    details: shortened(alert.details.replace(/\s+/g, ' ').trim(), DETAILS_MAX),
    tags: [...new Set(alert.tags)].slice(0, TAGS_MAX).map((tag) => shortened(tag, TAG_MAX)),
  };
}

function shortened(text: string, max: number): string {
  // Never half of a surrogate pair.
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

const LEVELS: ReadonlyMap<string, AlertLevel> = new Map([
  ['emergency', 'critical'],
  ['emer', 'critical'],
  ['critical', 'critical'],
  ['crit', 'critical'],
  ['high', 'high'],
  ['medium', 'medium'],
  ['med', 'medium'],
  ['low', 'low'],
  ['informational', 'informational'],
  ['info', 'informational'],
]);

/** A level as Sigma names it, from the words and short forms that tools write. */
export function alertLevel(text: string | null): AlertLevel {
  return LEVELS.get(text?.trim().toLowerCase() ?? '') ?? 'unknown';
}

/** What separates values of one cell in Hayabusa's tables. */
export const SEPARATOR = ' ¦ ';

/** SHA-256 of what an alert says, wherever it stands: the same alert again is no second one. */
export function alertIdentity(alert: ToolAlert): string {
  const { tool, title, level, timeTicks, computer, channel, eventId, recordId, tags, details } = alert;
  const said = [tool, title, level, String(timeTicks), computer, channel, eventId, recordId, tags, details];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}

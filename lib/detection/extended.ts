import type { DecodingStep } from '#lib/deobfuscate/deobfuscate.ts';
import type { SearchableEvent } from '#lib/events/event.ts';
import { dataValue } from '#lib/events/sources/source.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { NO_SYSTEM_VALUES } from '#lib/evidence/system-values.ts';
import { decodedText } from './decoded-text.ts';
import type { DetectionRule } from './rule.ts';
import { joinScriptBlocks, withValue } from './script-blocks.ts';

/** An event as it was not logged: joined from parts, decoded, or both. */
export type Reconstruction = {
  readonly event: SearchableEvent;
  /** Indexes of the records that it was made of; ascending. */
  readonly parts: readonly number[];
  /** From what was logged to what matched; empty when joining was enough. */
  readonly decoding: readonly DecodingStep[];
  /** Parts of the script block that are not there: `3, 5-7 of 9`. */
  readonly missing: string | null;
};

type Decodable = {
  readonly eventId: number;
  readonly channels: readonly string[];
  readonly field: string;
  /** Name in the template of every such event, and so in every block of evidence that holds one. */
  readonly literal: string;
};

/** Fields that hold code, and so what may be disguised. */
const DECODABLE: readonly Decodable[] = [
  {
    eventId: 4104,
    channels: ['Microsoft-Windows-PowerShell/Operational', 'PowerShellCore/Operational'],
    field: 'ScriptBlockText',
    literal: 'scriptblockid',
  },
  {
    eventId: 1,
    channels: ['Microsoft-Windows-Sysmon/Operational'],
    field: 'CommandLine',
    literal: 'commandline',
  },
  { eventId: 4688, channels: ['Security'], field: 'CommandLine', literal: 'commandline' },
];

/** Literals of which a block of evidence holds one if extended evaluation may need it, beside the search's own. */
export function extendedNeedles(rule: DetectionRule): readonly string[] {
  const needles = new Set<string>();
  for (const { eventId, channels, literal } of DECODABLE) {
    const isJoined = rule.joinsScriptBlocks && literal === 'scriptblockid';
    const isDecoded =
      rule.decodes && channels.some((channel) => rule.relevant.select(kindEvent(eventId, channel)));
    if (isJoined || isDecoded) needles.add(literal);
  }
  return [...needles];
}

/** The event decoded, when that makes the rule's search select it. */
export function decodeToMatch(
  rule: DetectionRule,
  record: EvidenceRecord,
): Pick<Reconstruction, 'event' | 'decoding'> | null {
  if (!rule.decodes) return null;
  const field = decodableField(record);
  const text = field === null ? null : dataValue(record, field);
  if (field === null || text === null || !rule.relevant.select(eventFromRecord(record))) return null;
  const decoded = decodedText(text);
  if (!decoded) return null;
  const event = eventFromRecord(withValue(record, field, decoded.text));
  return rule.search.select(event) ? { event, decoding: decoded.steps } : null;
}

/**
 * What the rule's search selects only after joining or decoding. A script block of which one part was selected as logged
 * is left out: that is a finding already.
 */
export function reconstruct(
  rule: DetectionRule,
  records: readonly EvidenceRecord[],
  isSelected: readonly boolean[],
): readonly Reconstruction[] {
  const found: Reconstruction[] = [];
  const inBlock = new Set<number>();
  for (const { record, parts, missing } of rule.joinsScriptBlocks ? joinScriptBlocks(records) : []) {
    for (const part of parts) inBlock.add(part);
    if (parts.some((part) => isSelected[part])) continue;
    const joined = eventFromRecord(record);
    if (parts.length > 1 && rule.search.select(joined)) {
      found.push({ event: joined, parts, decoding: [], missing });
      continue;
    }
    const decoded = decodeToMatch(rule, record);
    if (decoded) found.push({ ...decoded, parts, missing });
  }
  if (!rule.decodes) return found;
  records.forEach((record, index) => {
    if (isSelected[index] || inBlock.has(index)) return;
    const decoded = decodeToMatch(rule, record);
    if (decoded) found.push({ ...decoded, parts: [index], missing: null });
  });
  return found;
}

function decodableField(record: EvidenceRecord): string | null {
  const channel = record.system.channel?.toLowerCase();
  const kind = DECODABLE.find(
    ({ eventId, channels }) =>
      eventId === record.system.eventId && channels.some((name) => name.toLowerCase() === channel),
  );
  return kind?.field ?? null;
}

function kindEvent(eventId: number, channel: string): SearchableEvent {
  return eventFromRecord({
    form: 'evtx',
    place: { offset: 0 },
    timeTicks: null,
    data: [],
    userDataXml: null,
    system: { ...NO_SYSTEM_VALUES, eventId, channel },
  });
}

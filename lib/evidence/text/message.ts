import { scriptBlockFromMessage, sysmonFromMessage } from '#lib/evidence/json/shapes/message.ts';
import type { DataItem } from '#lib/evidence/record.ts';
import { sectionsFromMessage } from './sections.ts';

const SYSMON_CHANNEL = 'microsoft-windows-sysmon/operational';
const SCRIPT_BLOCK = 4104;

/** The values of an event from its English message, under the names of its XML; one value, Message, when that has none. */
export function dataFromMessage(
  channel: string | null,
  eventId: number | null,
  message: string,
): readonly DataItem[] {
  if (message === '') return [];
  const script = eventId === SCRIPT_BLOCK ? scriptBlockFromMessage(message) : null;
  if (script) return script;
  const items =
    channel?.toLowerCase() === SYSMON_CHANNEL
      ? sysmonFromMessage(message)
      : sectionsFromMessage(eventId, message);
  return items.length === 0 ? [['Message', message]] : items;
}

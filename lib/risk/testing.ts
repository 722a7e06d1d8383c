import { escapeXml } from '#lib/evidence/render.ts';

/** Evidence about chains as Windows Event XML, for tests. */

type Place = { readonly computer: string; readonly time: string; readonly recordId: number };

function event(
  channel: string,
  provider: string,
  eventId: number,
  place: Place,
  data: Record<string, string>,
): string {
  const values = Object.entries(data).map(
    ([name, value]) => `<Data Name='${name}'>${escapeXml(value)}</Data>`,
  );
  return `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='${provider}'/><EventID>${eventId}</EventID><TimeCreated SystemTime='${place.time}'/><EventRecordID>${place.recordId}</EventRecordID><Channel>${channel}</Channel><Computer>${escapeXml(place.computer)}</Computer><Security UserID='S-1-5-18'/></System><EventData>${values.join('')}</EventData></Event>`;
}

const SYSMON = ['Microsoft-Windows-Sysmon/Operational', 'Microsoft-Windows-Sysmon'] as const;
const SWITCH = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration\\EnableAt';

/** Sysmon 13: the value is set. */
export function setSwitch(place: Place, details: string): string {
  return event(...SYSMON, 13, place, {
    EventType: 'SetValue',
    Image: 'C:\\Windows\\system32\\svchost.exe',
    TargetObject: SWITCH,
    Details: details,
    User: 'CORP\\adm',
  });
}

/** Sysmon 12: the value is deleted; it names no value, so no detection selects it. */
export function deleteSwitch(place: Place): string {
  return event(...SYSMON, 12, place, { EventType: 'DeleteValue', TargetObject: SWITCH, User: 'CORP\\adm' });
}

/** Sysmon 1. */
export function processStart(place: Place, image: string, commandLine: string): string {
  return event(...SYSMON, 1, place, { Image: image, CommandLine: commandLine, User: 'CORP\\adm' });
}

/** PowerShell 4104. */
export function scriptBlock(place: Place, text: string): string {
  return event('Microsoft-Windows-PowerShell/Operational', 'Microsoft-Windows-PowerShell', 4104, place, {
    MessageNumber: '1',
    MessageTotal: '1',
    ScriptBlockText: text,
    ScriptBlockId: `block-${place.recordId}`,
  });
}

/** TaskScheduler 200: a job ran. */
export function jobRan(place: Place, task: string): string {
  return event('Microsoft-Windows-TaskScheduler/Operational', 'Microsoft-Windows-TaskScheduler', 200, place, {
    TaskName: task,
    ActionName: 'C:\\Windows\\System32\\cmd.exe',
  });
}

export function xmlFile(...events: readonly string[]): Buffer {
  return Buffer.from(`<Events>\n${events.join('\n')}\n</Events>\n`);
}

import { byEventId, type LogSource } from './source.ts';
import { WINDOWS_COMMON } from './windows-common.ts';

const CHANNELS = new Set(['microsoft-windows-powershell/operational', 'powershellcore/operational']);

/** EVAL-signature of [source::XmlWinEventLog:Microsoft-Windows-PowerShell/Operational]. */
const SIGNATURES: ReadonlyMap<number, string> = new Map([
  [4103, 'Microsoft-Windows-PowerShell Executing Pipeline'],
  [4104, 'Microsoft-Windows-PowerShell Execute a Remote Command'],
]);

/**
 * PowerShell script block and module logging, as Splunk_TA_windows computes it (REFERENCE, "Splunk_TA_windows for 4104"):
 * dest and signature, no user name and no data model. Of module logging (4103) it takes neither ContextInfo nor Payload
 * apart.
 */
export const powershell: LogSource = {
  name: 'PowerShell',
  claims: (channel) => CHANNELS.has(channel.toLowerCase()),
  fields: { ...WINDOWS_COMMON, signature: byEventId(SIGNATURES) },
};

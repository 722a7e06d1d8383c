import type { LogSource } from './source.ts';

const CHANNELS = new Set(['microsoft-windows-powershell/operational', 'powershellcore/operational']);
const SCRIPT_BLOCK = 4104;

/** PowerShell script block and module logging, as Splunk_TA_windows computes it (REFERENCE, "Splunk_TA_windows for 4104"). */
export const powershell: LogSource = {
  name: 'PowerShell',
  claims: (channel) => CHANNELS.has(channel.toLowerCase()),
  fields: {
    dest: (record) => record.system.computer,
    signature: (record) =>
      record.system.eventId === SCRIPT_BLOCK ? 'Microsoft-Windows-PowerShell Execute a Remote Command' : null,
    vendor_product: () => 'Microsoft Windows',
  },
};

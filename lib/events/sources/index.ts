import { eventlog } from './eventlog.ts';
import { powershell } from './powershell.ts';
import { security } from './security.ts';
import type { LogSource } from './source.ts';
import { sysmon } from './sysmon.ts';

/** Every record that no other source claims. */
const windows: LogSource = {
  name: 'Windows',
  claims: () => true,
  fields: { dest: (record) => record.system.computer, vendor_product: () => 'Microsoft Windows' },
};

/** All log sources; the first that claims a record maps it. A new one is a file beside this one and a place here. */
const LOG_SOURCES: readonly LogSource[] = [powershell, sysmon, security, eventlog, windows];

const known = new Map<string, LogSource>();
/** A hostile file may name any number of channels. */
const KNOWN_MAX = 5_000;

export function logSourceOf(channel: string, provider: string): LogSource {
  const key = `${channel}\n${provider}`;
  let source = known.get(key);
  if (!source) {
    source = LOG_SOURCES.find((one) => one.claims(channel, provider)) ?? windows;
    if (known.size < KNOWN_MAX) known.set(key, source);
  }
  return source;
}

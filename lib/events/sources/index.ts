import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { artefacts } from './artefacts.ts';
import { defender } from './defender.ts';
import { elastic } from './elastic.ts';
import { eventlog } from './eventlog.ts';
import { json } from './json.ts';
import { powershell } from './powershell.ts';
import { security } from './security.ts';
import { services } from './services.ts';
import type { LogSource } from './source.ts';
import { sysmon } from './sysmon.ts';
import { WINDOWS_COMMON } from './windows-common.ts';

/** Every record that no other source claims. */
const windows: LogSource = {
  name: 'Windows',
  claims: () => true,
  fields: WINDOWS_COMMON,
};

/** All log sources; the first that claims a record maps it. A new one is a file beside this one and a place here. */
const LOG_SOURCES: readonly LogSource[] = [
  powershell,
  sysmon,
  security,
  eventlog,
  services,
  elastic,
  defender,
  artefacts,
  windows,
];

const known = new Map<string, LogSource>();
/** A hostile file may name any number of channels. */
const KNOWN_MAX = 5_000;

export function logSourceOf({ form, system }: EvidenceRecord): LogSource {
  if (form === 'json') return json;
  const channel = system.channel ?? '';
  const provider = system.providerName ?? '';
  const key = `${channel}\n${provider}`;
  let source = known.get(key);
  if (!source) {
    source = LOG_SOURCES.find((one) => one.claims(channel, provider)) ?? windows;
    if (known.size < KNOWN_MAX) known.set(key, source);
  }
  return source;
}

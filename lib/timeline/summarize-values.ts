import type { EvidenceRecord } from '#lib/evidence/record.ts';

const VALUES_SHOWN = 5;
const VALUE_LENGTH = 80;

/** One line for an event of no kind that the timeline knows: who wrote it, and its first values. */
export function summarizeValues(record: EvidenceRecord): string {
  const values = record.data
    .filter(([name, value]) => value !== '' && name !== '_raw')
    .slice(0, VALUES_SHOWN)
    .map(([name, value]) => (name === '' ? cut(value) : `${cut(name)} ${cut(value)}`));
  const provider = record.system.providerName ?? 'Event';
  return [cut(provider), values.join(', ')].filter((part) => part !== '').join(': ');
}

function cut(text: string): string {
  const line = text
    .slice(0, VALUE_LENGTH * 2)
    .replace(/\s+/g, ' ')
    .trim();
  // Never half of a surrogate pair.
  return line.length <= VALUE_LENGTH
    ? line
    : `${line.slice(0, VALUE_LENGTH - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

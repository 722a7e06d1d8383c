import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { FieldValue } from '../event.ts';
import { type FieldMapping, filledValue, knownValue, onlyFor } from './source.ts';

export const NETWORK_CONNECTION = 3;
export const DNS_QUERY = 22;

/**
 * Network fields of Sysmon 3 and 22: names from the field lists of ESCU's data sources for both events; a DNS answer is
 * what stands between `type:  N ` and a semicolon, or an address before one, in QueryResults.
 */
export const SYSMON_NETWORK: Readonly<Record<string, FieldMapping>> = {
  app: connection('Image'),
  src: (record) => (record.system.eventId === DNS_QUERY ? record.system.computer : peerOf(record, 'Source')),
  src_ip: connection('SourceIp'),
  src_host: connection('SourceHostname'),
  src_port: connection('SourcePort'),
  dest_ip: connection('DestinationIp'),
  dest_host: connection('DestinationHostname'),
  dest_port: connection('DestinationPort'),
  transport: connection('Protocol'),
  protocol: onlyFor([NETWORK_CONNECTION], () => 'ip'),
  direction: onlyFor([NETWORK_CONNECTION], (record) => {
    const initiated = filledValue(record, 'Initiated')?.toLowerCase();
    if (initiated === 'true') return 'outbound';
    return initiated === 'false' ? 'inbound' : null;
  }),
  query: onlyFor([DNS_QUERY], (record) => filledValue(record, 'QueryName')),
  reply_code_id: onlyFor([DNS_QUERY], (record) => filledValue(record, 'QueryStatus')),
  answer: onlyFor([DNS_QUERY], answersOf),
};

/** The other end of a connection; the machine for every other event, and nobody for a DNS query (it has a src). */
export function sysmonDest(record: EvidenceRecord): FieldValue {
  if (record.system.eventId === DNS_QUERY) return null;
  return peerOf(record, 'Destination') ?? record.system.computer;
}

function connection(name: string): FieldMapping {
  return onlyFor([NETWORK_CONNECTION], (record) => knownValue(record, name));
}

function peerOf(record: EvidenceRecord, side: 'Source' | 'Destination'): FieldValue {
  if (record.system.eventId !== NETWORK_CONNECTION) return null;
  return knownValue(record, `${side}Hostname`) ?? knownValue(record, `${side}Ip`);
}

function answersOf(record: EvidenceRecord): FieldValue {
  const results = knownValue(record, 'QueryResults');
  if (results === null) return null;
  const answers = results
    .split(';')
    .map((part) => part.replace(/^type: {0,4}\d{1,5} {0,4}/, '').trim())
    .filter((answer) => answer !== '');
  return answers.length > 1 ? answers : (answers[0] ?? null);
}

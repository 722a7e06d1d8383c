import { hash } from 'node:crypto';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { SECOND_TICKS } from './ticks.ts';

/**
 * Event id: SHA-256 of the lower-case Computer, channel, EventID, EventRecordID and the UTC second, so that one event is
 * one whether it came as EVTX, XML or by another way at another precision. Without a record id: Computer, time as given,
 * a hash of its values, and which equal one it is in its evidence (DESIGN, "Identity and time").
 */
export function eventIdentity(record: EvidenceRecord, occurrence: number): string {
  const { system } = record;
  const computer = system.computer?.toLowerCase() ?? null;
  const canonical =
    system.recordId === null
      ? ['no-record-id', computer, system.systemTime, payloadHash(record), occurrence]
      : [
          'record-id',
          computer,
          system.channel?.toLowerCase() ?? null,
          system.eventId,
          system.recordId,
          secondOf(record),
        ];
  return sha256(JSON.stringify(canonical));
}

function secondOf(record: EvidenceRecord): string | null {
  if (record.timeTicks === null) return null;
  // BigInt division rounds towards zero; before 1970 the second is the one below.
  const second = record.timeTicks / SECOND_TICKS;
  return (record.timeTicks % SECOND_TICKS < 0n ? second - 1n : second).toString();
}

function payloadHash(record: EvidenceRecord): string {
  const { channel, eventId, providerName } = record.system;
  // The layout of JSON text is no part of the event.
  const data = record.data.filter(([name]) => name !== '_raw');
  return sha256(
    JSON.stringify([channel?.toLowerCase() ?? null, eventId, providerName, data, record.userDataXml]),
  );
}

function sha256(text: string): string {
  return hash('sha256', text);
}

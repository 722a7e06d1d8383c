import { describe, expect, it } from 'vitest';
import { eventFromRecord } from '#lib/events/windows.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import { fromBuffer } from '#lib/evidence/source.ts';

const AROUND = { host: 'forwarder', source: 's', sourcetype: 'st' };
const XML =
  "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='P'/><EventID>13</EventID>" +
  "<TimeCreated SystemTime='2024-03-05T09:14:02.1254367Z'/><EventRecordID>7</EventRecordID><Channel>C</Channel>" +
  "<Computer>win10-02.offsec.lan</Computer></System><EventData><Data Name='Details'>é</Data></EventData></Event>";

async function read(line: object) {
  const { blocks } = await readEvidence(fromBuffer(Buffer.from(`${JSON.stringify(line)}\n`)), {});
  for await (const { records } of blocks) {
    const [record] = records;
    if (record) return { record, event: eventFromRecord(record) };
  }
  throw new Error('no record');
}

describe('an object of the HTTP Event Collector', () => {
  it('is the Windows event of its XML, whose computer and time count, not those of the sender', async () => {
    const { record, event } = await read({ ...AROUND, time: 1, event: `\n${XML}` });
    expect(record).toMatchObject({
      form: 'xml',
      timeTicks: 17_096_300_421_254_367n,
      system: { computer: 'win10-02.offsec.lan', eventId: 13, recordId: '7' },
      data: [['Details', 'é']],
    });
    expect(event.get('dest')).toBe('win10-02.offsec.lan');
  });

  it('is its event’s own fields under sender, source, sourcetype and the exact time of the envelope', async () => {
    const { event } = await read({
      ...AROUND,
      event: { action: 'modified', registry: { path: 'HKLM\\x' }, host: 'own' },
      time: '1700000000.1234567',
      fields: { severity: 'INFO' },
    });
    const names = ['action', 'registry.path', 'severity', 'source', 'sourcetype', 'host', '_time'];
    expect(names.map((name) => event.get(name))).toEqual([
      'modified',
      'HKLM\\x',
      'INFO',
      's',
      'st',
      'forwarder',
      '1700000000.1234567',
    ]);
  });

  it('is text as its _raw, at the time of receipt when nobody tells one', async () => {
    const { record, event } = await read({ ...AROUND, event: 'free text', received: 1_700_000_000.5 });
    expect(event.get('_raw')).toBe('free text');
    expect(record.timeTicks).toBe(17_000_000_005_000_000n);
    const told = await read({ ...AROUND, event: { '@timestamp': '2024-03-05T00:00:00Z' }, received: 1 });
    expect(told.record.timeTicks).toBe(17_095_968_000_000_000n);
  });

  it('is the event of another tool when it holds one', async () => {
    const winlog = {
      channel: 'Security',
      event_id: 4657,
      computer_name: 'pc',
      event_data: { NewValue: '1' },
    };
    const { record } = await read({ ...AROUND, event: { '@timestamp': '2024-03-05T00:00:00Z', winlog } });
    expect(record).toMatchObject({ form: 'winlogbeat', system: { computer: 'pc', eventId: 4657 } });
  });
});

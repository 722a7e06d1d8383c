import { describe, expect, it } from 'vitest';
import { makeRecord, POWERSHELL, sysmonRecord } from '#lib/events/testing.ts';
import { read } from '../testing/read-json.ts';
import { eventRow, securityEventRow, windowsEventRow } from '../testing/write-log-analytics.ts';

const only = async (row: object) => {
  const { records, problems } = await read(JSON.stringify(row));
  expect(problems).toEqual([]);
  const [record] = records;
  if (!record) throw new Error('one record was expected');
  return record;
};

const audit = makeRecord(
  {
    providerName: 'Microsoft-Windows-Security-Auditing',
    channel: 'Security',
    eventId: 4657,
    version: '0',
    task: '12801',
    opcode: '0',
    keywords: '0x8020000000000000',
    recordId: '13',
    processId: '4',
    threadId: '8',
    computer: 'win10-02.offsec.lan',
    activityId: '{A0C1853B-5C40-4B15-8766-3CF1C58F985A}',
    systemTime: '2024-03-05T09:14:02.1234567Z',
  },
  Object.entries({
    SubjectUserSid: 'S-1-5-21-1-2-3-500',
    SubjectUserName: 'jo & co',
    SubjectLogonId: '0x3e7',
    ObjectName: '\\REGISTRY\\MACHINE\\SOFTWARE\\Microsoft',
    ObjectValueName: 'EnableAt',
    OperationType: '%%1905',
    NewValueType: '%%1876',
    NewValue: '1',
    ProcessId: '0x1a4',
  }),
);
const script = makeRecord(
  {
    providerName: 'Microsoft-Windows-PowerShell',
    channel: POWERSHELL,
    eventId: 4104,
    level: '5',
    task: '2',
    opcode: '15',
    computer: 'h',
    systemTime: '2024-03-05T09:16:00.0031234Z',
  },
  [
    ['MessageNumber', '1'],
    ['MessageTotal', '1'],
    ['ScriptBlockText', 'gwmi "Win32_ScheduledJob"\r\n| % { $_ -lt 1 }'],
    ['ScriptBlockId', '1'],
    ['Path', ''],
  ],
);

describe('a row of Log Analytics', () => {
  it.each([
    ['columns of SecurityEvent', securityEventRow(audit)],
    ['EventData of SecurityEvent', securityEventRow(audit, true)],
    ['WindowsEvent', windowsEventRow(audit)],
    [
      'WindowsEvent whose EventData is JSON in a string, as the query API gives it',
      { ...windowsEventRow(audit), EventData: JSON.stringify(Object.fromEntries(audit.data)) },
    ],
  ])('has the values of its event: %s', async (_, row) => {
    const { form, system, data, timeTicks } = await only(row);
    expect(form).toBe('log-analytics');
    expect({ ...system, level: null }).toEqual(audit.system);
    expect(timeTicks).toBe(audit.timeTicks);
    expect(Object.fromEntries(data)).toEqual(Object.fromEntries(audit.data));
  });

  it.each(['xml', 'wrapped', 'parameters'] as const)('Event with its values as %s', async (holds) => {
    const { system, data, timeTicks } = await only(eventRow(script, { holds }));
    expect(data).toEqual(script.data);
    expect(timeTicks).toBe(script.timeTicks);
    // It has no SID: the names that are the same everywhere have theirs.
    expect(system).toEqual({ ...script.system, userId: 'S-1-5-18' });
    const other = await only(eventRow(script, { holds, userName: 'OFFSEC\\jo' }));
    expect(other.system.userId).toBe('OFFSEC\\jo');
    expect((await only(eventRow(script, { holds, userName: 'N/A' }))).system.userId).toBeNull();
  });

  it('Event with nothing but its message', async () => {
    const sysmon = sysmonRecord(
      13,
      { EventType: 'SetValue', TargetObject: 'HKLM\\A\\b' },
      { systemTime: '2024-03-05T09:14:02.0000000Z' },
    );
    const row = {
      ...eventRow(sysmon, { holds: 'parameters' }),
      ParameterXml: '',
      RenderedDescription: 'Registry value set:\r\nEventType: SetValue\r\nTargetObject: HKLM\\A\\b',
    };
    expect((await only(row)).data).toEqual(sysmon.data);
    expect((await only({ ...row, RenderedDescription: 'Anders' })).data).toEqual([['Message', 'Anders']]);
  });

  it('WindowsEvent whose values could not be parsed by the service', async () => {
    const raw = `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>4657</EventID><Channel>Security</Channel></System><EventData><Data Name='ObjectValueName'>EnableAt</Data></EventData></Event>`;
    const { data, system } = await only({ ...windowsEventRow(audit), EventData: null, RawEventData: raw });
    expect(system.channel).toBe('Security');
    expect(data).toEqual([['ObjectValueName', 'EnableAt']]);
  });

  it.each([
    ['broken XML', { EventData: '<EventData><Data>', ParameterXml: '<Param>' }],
    ['broken JSON', { EventData: '{"a"', ParameterXml: null }],
  ])('with %s is still an event', async (_, broken) => {
    const record = await only({ ...eventRow(script), ...broken });
    expect([record.system.eventId, record.data]).toEqual([
      4104,
      [['Message', 'A message of another language.']],
    ]);
  });

  it('of another table is none of these', async () => {
    expect((await only({ ...eventRow(script), Type: 'Heartbeat' })).form).toBe('json');
  });
});

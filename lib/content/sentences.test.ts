import { describe, expect, it } from 'vitest';
import { detect } from '#lib/detection/detect.ts';
import { compileKnowledge } from '#lib/detection/rules.ts';
import type { FieldValue } from '#lib/events/event.ts';
import { eventIdentity } from '#lib/events/identity.ts';
import { makeRecord, POWERSHELL, sysmonRecord } from '#lib/events/testing.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { loadContent } from './load.ts';

const { rules } = compileKnowledge(loadContent());
const ruleOf = (type: string) => {
  const rule = rules.find((one) => one.type === type);
  if (!rule) throw new Error(`no detection of type ${type}`);
  return rule;
};
const row = (fields: Readonly<Record<string, FieldValue>>) => new Map(Object.entries(fields));

it.each([
  ['Get-WmiObject -Class Win32_ScheduledJob', 'listed jobs'],
  ['gcim win32_scheduledjob', 'listed jobs'],
  ['([wmiclass]"win32_scheduledjob").Create("cmd.exe")', 'created a job'],
  ['Invoke-CimMethod -ClassName WIN32_SCHEDULEDJOB -MethodName Create', 'created a job'],
  ['Invoke-CimMethod -ClassName Win32_ScheduledJob -MethodName Delete', 'deleted jobs'],
  ['Get-WmiObject Win32_ScheduledJob | Remove-WmiObject', 'deleted jobs'],
  ['(gwmi Win32_ScheduledJob).Delete()', 'deleted jobs'],
  ['$name = "Win32_ScheduledJob"', 'named Win32_ScheduledJob'],
])('of the script %s it is said that it %s', (ScriptBlockText, done) => {
  const sentence = ruleOf('TTP').sentence(row({ ScriptBlockText, dest: 'win10-02.offsec.lan' }), []);
  expect(sentence).toContain(`A PowerShell script ${done}`);
  expect(sentence).toMatch(/ on win10-02$/);
});

describe('of the registry value it is said in order what was done', () => {
  const KEY = '\\CurrentVersion\\Schedule\\Configuration';
  const sysmon = (second: number, value: number): EvidenceRecord =>
    sysmonRecord(
      13,
      {
        TargetObject: `HKLM\\SOFTWARE\\Microsoft\\Windows NT${KEY}\\EnableAt`,
        Details: `DWORD (0x0000000${value})`,
      },
      { systemTime: `2024-03-05T09:10:${second}.3000123Z`, recordId: String(second) },
    );
  const security = (second: number, data: Readonly<Record<string, string>>): EvidenceRecord =>
    makeRecord(
      {
        channel: 'Security',
        eventId: 4657,
        computer: 'win10-02.offsec.lan',
        systemTime: `2024-03-05T09:10:${second}.0000000Z`,
        recordId: String(second),
      },
      Object.entries({
        SubjectUserName: 'a',
        ObjectName: `\\REGISTRY\\MACHINE\\SOFTWARE\\Microsoft\\Windows NT${KEY}`,
        ObjectValueName: 'EnableAt',
        NewValueType: '%%1876',
        ...data,
      }),
    );
  const on4657 = { OperationType: '%%1905', NewValue: '1' };
  const gone = { OperationType: '%%1906', NewValueType: '-', NewValue: '-' };
  const said = (...records: EvidenceRecord[]): readonly string[] =>
    detect(
      ruleOf('Anomaly'),
      records.map((record) => ({ id: eventIdentity(record, 0), record })),
      { nowMs: 0 },
    ).map(({ sentence }) => sentence.replace(/^EnableAt | on win10-02$/g, ''));

  it.each([
    ['alone', [sysmon(11, 1)], ['set to 1']],
    ['on, then off', [sysmon(11, 1), sysmon(41, 0)], ['set to 1 at 09:10:11, then to 0 at 09:10:41']],
    ['off, then on', [sysmon(41, 1), sysmon(11, 0)], ['set to 0 at 09:10:11, then to 1 at 09:10:41']],
    ['the same again', [sysmon(11, 1), sysmon(12, 1), sysmon(13, 1)], ['set to 1']],
    ['of 4657', [security(11, on4657)], ['set to 1']],
    [
      'deleted, which has no type and so a row of its own',
      [security(11, on4657), security(12, gone)],
      ['set to 1', 'deleted'],
    ],
    ['not known', [security(11, { NewValue: '-' })], ['set to an unknown value']],
  ])('%s', (_, records, sentences) => {
    expect(said(...records).toSorted()).toEqual(sentences.toSorted());
    expect(said(...records.toReversed()).toSorted()).toEqual(sentences.toSorted());
  });

  it('a deletion that Sysmon 12 logged is no row, because that event names no value', () => {
    const target = `HKLM\\SOFTWARE\\Microsoft\\Windows NT${KEY}\\EnableAt`;
    expect(said(sysmonRecord(12, { EventType: 'DeleteValue', TargetObject: target }))).toEqual([]);
  });
});

it('asks after the account of the events where the row of a variant has no user', () => {
  const event = eventFromRecord(makeRecord({ channel: POWERSHELL, eventId: 4104, userId: 'S-1-5-21-1' }));
  expect(ruleOf('TTP').checkNext(row({ dest: 'a' }), [event])[0]).toContain('S-1-5-21-1');
});

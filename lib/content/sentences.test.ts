import { expect, it } from 'vitest';
import { compileKnowledge } from '#lib/detection/rules.ts';
import type { FieldValue } from '#lib/events/event.ts';
import { makeRecord, POWERSHELL, sysmonRecord } from '#lib/events/testing.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
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

it('of the registry value it is said what it was set to, in order', () => {
  const events = ['DWORD (0x00000001)', 'DWORD (0x00000000)'].map((Details) =>
    eventFromRecord(sysmonRecord(13, { TargetObject: 'HKLM\\x\\EnableAt', Details })),
  );
  const fields = row({ registry_value_name: 'EnableAt', dest: 'win10-02.offsec.lan' });
  expect(ruleOf('Anomaly').sentence(fields, events)).toBe('EnableAt set to 1, then to 0 on win10-02');
});

it('asks after the account of the events where the row of a variant has no user', () => {
  const event = eventFromRecord(makeRecord({ channel: POWERSHELL, eventId: 4104, userId: 'S-1-5-21-1' }));
  expect(ruleOf('TTP').checkNext(row({ dest: 'a' }), [event])[0]).toContain('S-1-5-21-1');
});

import { describe, expect, it } from 'vitest';
import { makeRecord, POWERSHELL, sharedRecords, sysmonRecord } from '#lib/events/testing.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import { hasSharedData } from '#lib/evidence/evtx/testing/read-all.ts';
import type { DataItem, EvidenceRecord } from '#lib/evidence/record.ts';
import { classify, LANES, NEAR_FINDINGS_LANES } from './kinds.ts';

const of = (record: EvidenceRecord) => {
  const event = eventFromRecord(record);
  const kind = classify(event);
  return kind && { id: kind.id, lane: kind.lane, summary: kind.summarize(event) };
};
const made = (
  channel: string,
  eventId: number,
  values: Readonly<Record<string, string>>,
  providerName = 'x',
) => of(makeRecord({ channel, eventId, providerName }, Object.entries(values) as DataItem[]));

const SCHEDULE = 'SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule';
const TASKS = 'Microsoft-Windows-TaskScheduler/Operational';
const WMI = 'Microsoft-Windows-WMI-Activity/Operational';

describe('the kind of an event', () => {
  it('has a lane of the list, and logons are shown near findings only', () => {
    expect(NEAR_FINDINGS_LANES).toEqual(['Logons']);
    expect(LANES).toContain('Logons');
  });

  it('is null for an event that is only counted', () => {
    expect(made('Application', 1000, {})).toBeNull();
    expect(made('System', 4104, {})).toBeNull();
    expect(of(makeRecord({}))).toBeNull();
  });

  it('of a registry write is the same lane and path form from Sysmon and from Security, under Schedule only', () => {
    const sysmon = sysmonRecord(13, {
      TargetObject: `HKLM\\${SCHEDULE}\\Configuration\\EnableAt`,
      Details: 'DWORD (0x00000001)',
      Image: 'C:\\Windows\\System32\\reg.exe',
    });
    expect(of(sysmon)).toEqual({
      id: 'registry-sysmon',
      lane: 'Registry',
      summary: `HKLM\\${SCHEDULE}\\Configuration\\EnableAt modified: DWORD (0x00000001) by reg.exe`,
    });
    const audit = made('Security', 4657, {
      ObjectName: `\\REGISTRY\\MACHINE\\${SCHEDULE}\\TaskCache\\Tree\\At1`,
      ObjectValueName: 'Id',
      OperationType: '%%1904',
      NewValue: '{1}',
      SubjectUserName: 'dadmin',
    });
    expect(audit?.summary).toBe(`HKLM\\${SCHEDULE}\\TaskCache\\Tree\\At1\\Id created: {1} by dadmin`);
    expect(of(sysmonRecord(13, { TargetObject: 'HKLM\\SOFTWARE\\Contoso\\EnableAt' }))).toBeNull();
  });

  it.each([
    ['Security', 4698, 'task-created'],
    ['Security', 4699, 'task-deleted'],
    ['Security', 4700, 'task-enabled'],
    ['Security', 4701, 'task-disabled'],
    ['Security', 4702, 'task-changed'],
    [TASKS, 106, 'task-registered'],
    [TASKS, 140, 'task-updated'],
    [TASKS, 141, 'task-removed'],
    [TASKS, 129, 'task-started'],
    [TASKS, 200, 'task-started'],
    [TASKS, 201, 'task-ended'],
  ])('of a task event in %s, %i, is %s', (channel, eventId, id) => {
    const found = made(channel, eventId, { TaskName: '\\Backup' });
    expect(found).toMatchObject({ id, lane: 'Tasks and jobs' });
    expect(found?.summary).toContain('Task \\Backup ');
  });

  it('of the run of an at job is not that of another task', () => {
    for (const TaskName of ['\\At1', 'At12', '\\AT3']) {
      expect(made(TASKS, 200, { TaskName, ActionName: 'cmd.exe' })?.id).toBe('task-run');
    }
    for (const TaskName of ['\\Attest', '\\At', '\\x\\At1']) {
      expect(made(TASKS, 200, { TaskName })?.id).toBe('task-started');
    }
  });

  it('of a process depends on the program or its parent', () => {
    const security = (NewProcessName: string, ParentProcessName?: string) =>
      made('Security', 4688, { NewProcessName, ...(ParentProcessName ? { ParentProcessName } : {}) })?.id;
    expect(security('C:\\Windows\\System32\\AT.exe')).toBe('process-security');
    expect(security('C:\\Windows\\System32\\cmd.exe')).toBeUndefined();
    expect(security('C:\\Windows\\System32\\cmd.exe', 'C:\\Windows\\System32\\wbem\\WmiPrvSE.exe')).toBe(
      'process-security',
    );
    expect(security('C:\\Windows\\System32\\format.exe')).toBeUndefined();
    expect(
      of(sysmonRecord(1, { Image: 'C:\\Windows\\System32\\schtasks.exe', CommandLine: 'schtasks /run' })),
    ).toEqual({
      id: 'process-sysmon',
      lane: 'Processes',
      summary: 'schtasks /run',
    });
  });

  it('of WMI activity tells providers, failures and subscriptions apart', () => {
    expect(made(WMI, 5857, { ProviderName: 'CIMWin32', ProviderPath: 'cimwin32.dll' })?.summary).toBe(
      'WMI provider CIMWin32 was loaded from cimwin32.dll',
    );
    expect(made(WMI, 5858, { User: 'a\\b', ClientMachine: 'PC', Operation: 'op' })?.id).toBe('wmi-failure');
    for (const code of [5859, 5860, 5861]) expect(made(WMI, code, {})?.id).toBe('wmi-subscription');
  });

  it('of a cleared log names the log that was cleared', () => {
    const values = { SubjectUserName: 'eve', Channel: POWERSHELL };
    expect(made('System', 104, values, 'Microsoft-Windows-Eventlog')).toEqual({
      id: 'log-cleared',
      lane: 'Tampering',
      summary: `The log ${POWERSHELL} was cleared by eve`,
    });
    expect(made('security', 1102, { SubjectUserName: 'eve' })?.lane).toBe('Tampering');
  });

  it('of a logon says whether it failed', () => {
    const summary = (code: number) =>
      made('Security', code, {
        TargetDomainName: 'D',
        TargetUserName: 'u',
        IpAddress: '10.0.0.7',
        LogonType: '3',
      })?.summary;
    expect(summary(4624)).toBe('Logon of D\\u from 10.0.0.7 (type 3)');
    expect(summary(4625)).toBe('Failed logon of D\\u from 10.0.0.7 (type 3)');
    expect(made('Security', 4648, {})?.lane).toBe('Logons');
  });
});

describe('a summary', () => {
  const ofScript = (text: string) => made(POWERSHELL, 4104, { ScriptBlockText: text })?.summary ?? '';

  it('is one line of at most 300 characters, never half of one', () => {
    expect(ofScript('  $a = 1\r\n\t$b = 2\u2028$c  ')).toBe('$a = 1 $b = 2 $c');
    expect(ofScript('x'.repeat(3_000_000))).toBe(`${'x'.repeat(299)}…`);
    expect(ofScript('x'.repeat(300))).toHaveLength(300);
    expect(ofScript(`${'x'.repeat(298)}\u{1f600}${'y'.repeat(9)}`)).toBe(`${'x'.repeat(298)}…`);
  });

  it('shows what evidence holds as it is, also what looks like a placeholder', () => {
    expect(ofScript('$EventCode$ <img src=x>')).toBe('$EventCode$ <img src=x>');
  });
});

describe.skipIf(!hasSharedData)('real EVTX (needs the shared evidence)', () => {
  const kindsIn = async (file: string) => {
    const counts: Record<string, number> = {};
    for (const record of await sharedRecords(file)) {
      const id = of(record)?.id;
      if (id !== undefined) counts[id] = (counts[id] ?? 0) + 1;
    }
    return counts;
  };

  it('gives the kinds that are known to be there', async () => {
    expect(await kindsIn('derived/sysmon-enableat.evtx')).toEqual({ 'registry-sysmon': 3 });
    expect(await kindsIn('evtx/sbousseaden/temp_scheduled_task_4698_4699.evtx')).toEqual({
      'task-created': 1,
      'task-deleted': 1,
    });
    expect(await kindsIn('evtx/omer/2-vss_7-System.evtx')).toEqual({ 'service-installed': 19 });
  });
});

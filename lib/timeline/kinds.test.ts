import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadContent } from '#lib/content/load.ts';
import { makeRecord, ownFiles, POWERSHELL, SYSMON } from '#lib/events/testing.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import { readBlocks } from '#lib/evidence/evtx/testing/read-all.ts';
import { classify, LANES, NEAR_FINDINGS_LANES } from './kinds.ts';

const SCHEDULE = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule';
const TASKS = 'Microsoft-Windows-TaskScheduler/Operational';

const eventOf = (channel: string, eventId: number, data: Readonly<Record<string, string>> = {}) =>
  eventFromRecord(
    makeRecord(
      { channel, eventId, computer: 'h', providerName: 'Microsoft-Windows-Eventlog' },
      Object.entries(data),
    ),
  );
const kindOf = (...event: Parameters<typeof eventOf>) => classify(eventOf(...event));

describe('the kind of an event', () => {
  it.each([
    [SYSMON, 13, { TargetObject: `${SCHEDULE}\\Configuration\\EnableAt` }, 'registry-sysmon', 'Registry'],
    [SYSMON, 12, { TargetObject: `${SCHEDULE}\\TaskCache\\Tree\\At1` }, 'registry-sysmon', 'Registry'],
    [SYSMON, 13, { TargetObject: 'HKLM\\SOFTWARE\\Vendor\\EnableAt' }, null, null],
    [
      'Security',
      4657,
      {
        ObjectName:
          '\\REGISTRY\\MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration',
      },
      'registry-security',
      'Registry',
    ],
    [POWERSHELL, 4104, { ScriptBlockText: 'x' }, 'script-block', 'Script blocks'],
    ['powershellcore/operational', 4104, {}, 'script-block-core', 'Script blocks'],
    [POWERSHELL, 4103, {}, null, null],
    ['Security', 4698, { TaskName: '\\At1' }, 'task-created', 'Tasks and jobs'],
    ['Security', 4699, {}, 'task-deleted', 'Tasks and jobs'],
    ['Security', 4702, {}, 'task-changed', 'Tasks and jobs'],
    [TASKS, 200, { TaskName: '\\At1' }, 'task-run', 'Tasks and jobs'],
    [TASKS, 201, { TaskName: 'AT12' }, 'task-run', 'Tasks and jobs'],
    [TASKS, 200, { TaskName: '\\Attic' }, 'task-started', 'Tasks and jobs'],
    [TASKS, 106, { TaskName: '\\At1' }, 'task-registered', 'Tasks and jobs'],
    ['Security', 4688, { NewProcessName: 'C:\\Windows\\System32\\AT.EXE' }, 'process-security', 'Processes'],
    ['Security', 4688, { NewProcessName: 'C:\\chat.exe' }, null, null],
    [
      'Security',
      4688,
      { NewProcessName: 'C:\\a.exe', ParentProcessName: 'C:\\Windows\\System32\\taskhost.exe' },
      'process-security',
      'Processes',
    ],
    [SYSMON, 1, { Image: 'C:\\Windows\\System32\\schtasks.exe' }, 'process-sysmon', 'Processes'],
    ['Microsoft-Windows-WMI-Activity/Operational', 5861, {}, 'wmi-subscription', 'WMI'],
    ['System', 7045, {}, 'service-installed', 'Services'],
    ['Security', 4697, {}, 'service-installed-audit', 'Services'],
    ['Security', 4624, {}, 'logon', 'Logons'],
    ['Security', 1102, {}, 'log-cleared-security', 'Tampering'],
    ['System', 104, {}, 'log-cleared', 'Tampering'],
    ['Application', 1000, {}, null, null],
  ] as const)('%s %i %o is %s', (channel, code, data, id, lane) => {
    const kind = kindOf(channel, code, data);
    expect([kind?.id ?? null, kind?.lane ?? null]).toEqual([id, lane]);
  });

  it('is of a lane of the timeline, and only logons wait for a finding', () => {
    expect(NEAR_FINDINGS_LANES).toEqual(['Logons']);
    expect(LANES).toContain('Logons');
  });

  it('is known for everything that confirms a chain', () => {
    const known = new Set([kindOf(TASKS, 200, { TaskName: '\\At1' })?.id]);
    for (const chain of loadContent().chains) {
      for (const id of chain.confirmed_by) expect(known).toContain(id);
    }
  });
});

describe('the summary of an event', () => {
  const summary = (...event: Parameters<typeof eventOf>) => kindOf(...event)?.summarize(eventOf(...event));

  it('says what happened', () => {
    expect(
      summary(SYSMON, 13, {
        TargetObject: `${SCHEDULE}\\Configuration\\EnableAt`,
        Details: 'DWORD (0x00000001)',
        Image: 'C:\\Windows\\regedit.exe',
      }),
    ).toBe(`EnableAt modified: DWORD (0x00000001) by regedit.exe at ${SCHEDULE}\\Configuration\\EnableAt`);
    expect(summary('System', 104, { Channel: 'Security', SubjectUserName: 'eve' })).toBe(
      'The log Security was cleared by eve',
    );
    expect(summary('Security', 4698, { TaskName: '\\At1', SubjectUserName: 'eve' })).toBe(
      'Task \\At1 created by eve',
    );
  });

  it('is one line of at most 300 characters, and leaves out what is absent', () => {
    const text = summary(POWERSHELL, 4104, { ScriptBlockText: `a\r\n\tb ${'x'.repeat(5000)}` });
    expect(text?.startsWith('a b xxx')).toBe(true);
    expect(text?.length).toBeGreaterThan(290);
    expect(text?.length).toBeLessThanOrEqual(300);
    expect(summary(TASKS, 200, { TaskName: '\\At1' })).toBe('Job \\At1 ran (event 200)');
  });

  it('can be made of every event of the evidence', async () => {
    const counts = new Map<string, number>();
    for (const file of ownFiles) {
      for (const record of (await readBlocks(readFileSync(file))).flatMap((block) => block.records)) {
        const event = eventFromRecord(record);
        const kind = classify(event);
        if (!kind) continue;
        expect(kind.summarize(event)).toMatch(/^.{1,300}$/u);
        counts.set(kind.lane, (counts.get(kind.lane) ?? 0) + 1);
      }
    }
    expect(counts.get('Registry')).toBe(3);
    expect([...counts.keys()].sort()).toEqual(['Processes', 'Registry', 'Script blocks', 'Tasks and jobs']);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadContent } from '#lib/content/load.ts';
import { eventIdentity } from '#lib/events/identity.ts';
import { makeRecord, POWERSHELL, sysmonRecord } from '#lib/events/testing.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { detect, explainRecords, type Result, type SelectedEvent, selectionOf } from './detect.ts';
import { compileKnowledge } from './rules.ts';
import { rulesOf } from './testing.ts';

const { rules } = compileKnowledge(loadContent());
const HOST = 'win10-02.offsec.lan';
const COMMON = { computer: HOST, systemTime: '2024-03-05T10:00:00Z' };

const sysmon1 = (Image: string, CommandLine: string): EvidenceRecord =>
  sysmonRecord(1, { Image, CommandLine, User: 'OFFSEC\\admmig' }, COMMON);
const security = (eventId: number, data: Readonly<Record<string, string>>): EvidenceRecord =>
  makeRecord({ ...COMMON, eventId, channel: 'Security' }, Object.entries(data));
const process4688 = (NewProcessName: string, CommandLine?: string): EvidenceRecord =>
  security(4688, {
    NewProcessName,
    SubjectUserName: 'admmig',
    ...(CommandLine === undefined ? {} : { CommandLine }),
  });
const task = (eventId: number, data: Readonly<Record<string, string>>): EvidenceRecord =>
  makeRecord(
    { ...COMMON, eventId, channel: 'Microsoft-Windows-TaskScheduler/Operational' },
    Object.entries(data),
  );
const wmi = (eventId: number, data: Readonly<Record<string, string>>): EvidenceRecord =>
  makeRecord(
    { ...COMMON, eventId, channel: 'Microsoft-Windows-WMI-Activity/Operational' },
    Object.entries(data),
  );
const block = (
  ScriptBlockText: string,
  part?: { number: number; total: number; id?: string },
): EvidenceRecord =>
  makeRecord({ ...COMMON, eventId: 4104, channel: POWERSHELL, userId: 'S-1-5-21-1' }, [
    ['MessageNumber', String(part?.number ?? 1)],
    ['MessageTotal', String(part?.total ?? 1)],
    ['ScriptBlockText', ScriptBlockText],
    ['ScriptBlockId', part?.id ?? 'b'],
  ]);

/** Events in the order given, a second apart. */
const events = (records: readonly EvidenceRecord[]): readonly SelectedEvent[] =>
  records.map((record, index) => {
    const timeTicks = record.timeTicks === null ? null : record.timeTicks + BigInt(index) * 10_000_000n;
    const timed = { ...record, timeTicks, system: { ...record.system, recordId: String(index + 1) } };
    return { id: eventIdentity(timed, 0), record: timed };
  });
const results = (records: readonly EvidenceRecord[], extended = true): readonly Result[] =>
  rules.flatMap((rule) => detect(rule, events(records), { nowMs: 0, extended }));
const sentences = (...records: EvidenceRecord[]): readonly string[] =>
  results(records).map(({ mode, sentence }) => `${mode}: ${sentence}`);

type Case = readonly [record: EvidenceRecord, sentence: string];
const casesOf = (cases: readonly Case[]) => cases.map(([record, sentence]) => ({ record, sentence }));

const AT = 'C:\\Windows\\System32\\at.exe';
const WMIC = 'C:\\Windows\\System32\\wbem\\WMIC.exe';
const CMD = 'C:\\Windows\\System32\\cmd.exe';

describe('the at interface used by a program', () => {
  it.each(
    casesOf([
      [sysmon1(AT, 'at 13:20 /interactive cmd'), 'at.exe scheduled a job on win10-02'],
      [process4688(AT, 'at  13:20 cmd'), 'at.exe scheduled a job on win10-02'],
      [process4688(AT), 'at.exe was started on win10-02'],
      [sysmon1(AT, '"C:\\Windows\\System32\\at.exe"'), 'at.exe was started on win10-02'],
      [sysmon1(AT, 'at \\\\dc1 13:20 c:\\a.bat'), 'at.exe on win10-02 scheduled a job on dc1'],
      [sysmon1(AT, 'AT.EXE \\\\10.0.0.7 3:05pm x'), 'at.exe on win10-02 scheduled a job on 10.0.0.7'],
      [process4688(CMD, 'cmd /c at \\\\dc1 13:20 c:\\a.bat'), 'at.exe on win10-02 scheduled a job on dc1'],
      [
        sysmonRecord(
          1,
          { Image: 'C:\\x.exe', OriginalFileName: 'AT.EXE', CommandLine: 'x 13:20 cmd' },
          COMMON,
        ),
        'at.exe scheduled a job on win10-02',
      ],
      [sysmon1(AT, 'at 1 /delete'), 'at.exe deleted jobs on win10-02'],
      [sysmon1(AT, 'at \\\\dc1 /delete /yes'), 'at.exe on win10-02 deleted jobs on dc1'],
      [sysmon1(AT, 'at \\\\dc1'), 'at.exe on win10-02 looked at the jobs of dc1'],
      [
        sysmon1(WMIC, 'wmic job call create "cmd",0,0,1,1,"********133000.000000-420"'),
        'wmic created a job on win10-02',
      ],
      [
        process4688(WMIC, 'wmic.exe /node:"dc1" /user:a job call create x'),
        'wmic on win10-02 created a job on dc1',
      ],
      [sysmon1(WMIC, 'wmic job list brief'), 'wmic listed jobs on win10-02'],
      [
        sysmon1(CMD, 'cmd /c wmic /node:dc1 job where jobid=1 delete'),
        'wmic on win10-02 deleted jobs on dc1',
      ],
    ]),
  )('extended: $sentence', ({ record, sentence }) => {
    expect(sentences(record)).toEqual([`extended: ${sentence}`]);
  });

  it.each([
    ['another program', sysmon1('C:\\Windows\\System32\\chat.exe', 'chat 13:20')],
    ['a folder named at', sysmon1(CMD, 'cmd /c dir \\\\dc1\\at 13:20')],
    ['a file named at', sysmon1(CMD, 'copy at \\\\dc1\\share x')],
    ['a word that ends with at', sysmon1(CMD, 'echo format \\\\dc1 13:20')],
    ['another alias of wmic', process4688(WMIC, 'wmic process call create "notepad job 1"')],
    ['no alias of wmic', process4688(WMIC, 'wmic jobs list')],
    ['an event that is no start', sysmonRecord(5, { Image: AT, CommandLine: 'at 13:20 cmd' })],
    ['another log', makeRecord({ eventId: 1, channel: 'System' }, [['Image', AT]])],
  ])('is not %s', (_, record) => {
    expect(sentences(record)).toEqual([]);
  });
});

describe('jobs of the at interface as tasks and files', () => {
  it.each(
    casesOf([
      [task(106, { TaskName: '\\At1', UserContext: 'OFFSEC\\a' }), 'The at job At1 was created on win10-02'],
      [task(140, { TaskName: '\\At12', UserName: 'SYSTEM' }), 'The at job At12 was changed on win10-02'],
      [task(141, { TaskName: '\\AT3', UserName: 'SYSTEM' }), 'The at job AT3 was deleted on win10-02'],
      [task(200, { TaskName: '\\At1', ActionName: 'cmd.exe' }), 'The at job At1 ran on win10-02'],
      [task(201, { TaskName: '\\At1', ResultCode: '0' }), 'The at job At1 ran on win10-02'],
      [security(4698, { TaskName: '\\At2', SubjectUserName: 'a' }), 'The at job At2 was created on win10-02'],
      [security(4699, { TaskName: '\\At2' }), 'The at job At2 was deleted on win10-02'],
      [security(4700, { TaskName: '\\At2' }), 'The at job At2 was enabled on win10-02'],
      [security(4701, { TaskName: '\\At2' }), 'The at job At2 was disabled on win10-02'],
      [security(4702, { TaskName: '\\At2' }), 'The at job At2 was changed on win10-02'],
      [
        sysmonRecord(11, { TargetFilename: 'C:\\Windows\\Tasks\\At1.job' }, COMMON),
        'The at job At1 was created on win10-02',
      ],
      [
        sysmonRecord(11, { TargetFilename: 'C:\\Windows\\System32\\Tasks\\At4' }, COMMON),
        'The at job At4 was created on win10-02',
      ],
    ]),
  )('extended: $sentence', ({ record, sentence }) => {
    expect(sentences(record)).toEqual([`extended: ${sentence}`]);
  });

  it('are one finding a job and host, whatever logged it', () => {
    const [found, ...more] = results([
      security(4698, { TaskName: '\\At1', SubjectUserName: 'a' }),
      task(106, { TaskName: '\\At1', UserContext: 'a' }),
      task(200, { TaskName: '\\At1', ActionName: 'cmd.exe' }),
    ]);
    expect(more).toEqual([]);
    expect(found?.sentence).toBe('The at job At1 was created and ran on win10-02');
    expect(found?.events).toHaveLength(3);
    expect(found?.user).toBe('a\nunknown');
  });

  it.each([
    ['a task of another name', task(106, { TaskName: '\\Attack1' })],
    ['a task in a folder', task(106, { TaskName: '\\Microsoft\\At1' })],
    ['a longer name', task(106, { TaskName: '\\At1x' })],
    ['another event', task(102, { TaskName: '\\At1' })],
    ['another kind of file', sysmonRecord(11, { TargetFilename: 'C:\\Windows\\Tasks\\At1.txt' })],
    ['a file elsewhere', sysmonRecord(11, { TargetFilename: 'C:\\Users\\a\\At1.job' })],
  ])('are not %s', (_, record) => {
    expect(sentences(record)).toEqual([]);
  });
});

describe('WMI activity', () => {
  it.each(
    casesOf([
      [
        wmi(5858, {
          Operation: 'Start IWbemServices::ExecMethod - root\\cimv2 : Win32_ScheduledJob::Create',
          User: 'OFFSEC\\a',
          ClientMachine: 'DC1',
          PossibleCause: 'Unknown',
        }),
        'A WMI operation on Win32_ScheduledJob from DC1 failed on win10-02',
      ],
      [
        wmi(5860, {
          Query: "select * from __instancecreationevent where targetinstance isa 'Win32_ScheduledJob'",
        }),
        'A WMI event query watches Win32_ScheduledJob on win10-02',
      ],
      [
        wmi(5861, { ESS: 'x', PossibleCause: 'Binding … win32_scheduledjob' }),
        'A permanent WMI subscription names Win32_ScheduledJob on win10-02',
      ],
      [
        wmi(5857, { ProviderName: 'Win32_ScheduledJob' }),
        'A WMI provider for Win32_ScheduledJob was loaded on win10-02',
      ],
    ]),
  )('extended: $sentence', ({ record, sentence }) => {
    expect(sentences(record)).toEqual([`extended: ${sentence}`]);
  });

  it('on another class gives none', () => {
    expect(
      sentences(
        wmi(5858, { Operation: 'Win32_Process::Create' }),
        wmi(5856, { Operation: 'win32_scheduledjob' }),
      ),
    ).toEqual([]);
  });
});

describe('a disguised name of the class', () => {
  const utf16 = (text: string): string => Buffer.from(text, 'utf16le').toString('base64');
  const SCRIPT = "gwmi ('win32_sched'+'uledjob')";

  it('in a script block is an extended finding with the steps from what was logged to what matched', () => {
    const [found, ...more] = results([block(SCRIPT)]);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ mode: 'extended', missingParts: [] });
    expect(found?.decoding[0]?.before).toContain("'+'");
    expect(found?.decoding.at(-1)?.after.toLowerCase()).toContain('win32_scheduledjob');
    expect(found?.sentence).toMatch(/ listed jobs through Win32_ScheduledJob on win10-02$/);
    expect(found?.explain.map(({ term }) => term)).toContain('ScriptBlockText="*win32_scheduledjob*"');
    // The finding page tells the same from the finding's events alone.
    const { explain, decoding } = explainRecords(found?.rule ?? rulesOf().script, 'extended', [
      block(SCRIPT),
    ]);
    expect({ explain, decoding }).toEqual({ explain: found?.explain, decoding: found?.decoding });
  });

  it('is found across parts, and says which parts are not there', () => {
    const parts = [
      block("sched'+'uledjob')", { number: 3, total: 4 }),
      block("gwmi ('win32_'+'", { number: 2, total: 4 }),
    ];
    const [found] = results(parts);
    expect(found?.mode).toBe('extended');
    expect(found?.events).toHaveLength(2);
    expect(found?.missingParts).toEqual(['1, 4 of 4']);
    expect(found?.sentence).toMatch(/ on win10-02 \(parts missing: 1, 4 of 4\)$/);
    expect(results([block(SCRIPT, { number: 2, total: 3 })])[0]).toMatchObject({
      mode: 'extended',
      missingParts: ['1, 3 of 3'],
    });
  });

  it('in a command line too, and an equal one in plain is the same finding', () => {
    const line = `powershell -NoP -enc ${utf16('gwmi Win32_ScheduledJob')}`;
    const [found, ...more] = results([process4688('C:\\powershell.exe', line)]);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ mode: 'extended', dest: HOST, user: 'admmig' });
    expect(found?.decoding.map(({ method }) => method)).toContain('base64');
    const plain = String(found?.row.get('CommandLine'));
    const both = results([process4688('C:\\powershell.exe', line), process4688('C:\\powershell.exe', plain)]);
    expect(both).toHaveLength(1);
    expect(both[0]?.events).toHaveLength(2);
  });

  it('is no finding where the block is one as it was logged, nor without extended evaluation', () => {
    const logged = results([block(`${SCRIPT}; gwmi win32_scheduledjob`)]);
    expect(logged.map(({ mode, decoding }) => [mode, decoding])).toEqual([['strict', []]]);
    expect(results([block(SCRIPT), process4688(AT, 'at 13:20 cmd')], false)).toEqual([]);
  });

  it('of another class is none', () => {
    expect(results([block("gwmi ('win32_pro'+'cess')")])).toEqual([]);
  });
});

describe('what is kept for extended evaluation', () => {
  const select = (record: EvidenceRecord) =>
    rules.map((rule) => selectionOf(rule, eventFromRecord(record), record)).filter((one) => one !== null);

  it('is what matches, may be joined, or matches once decoded; nothing else', () => {
    expect(select(block('gwmi win32_scheduledjob'))).toEqual(['search']);
    expect(select(block('x', { number: 1, total: 2 }))).toEqual(['join']);
    expect(select(block("'win32_sched'+'uledjob'"))).toEqual(['decode']);
    expect(select(block("'win32_pro'+'cess'"))).toEqual([]);
    expect(select(process4688(CMD, 'dir'))).toEqual([]);
  });

  it('is enough, in any order', () => {
    const all = events([
      block("sched'+'uledjob')", { number: 2, total: 2, id: 'x' }),
      block("gwmi ('win32_'+'", { number: 1, total: 2, id: 'x' }),
      block("('win32_sched'+'uledjob')"),
      block('gwmi win32_scheduledjob'),
      process4688(AT, 'at 13:20 cmd'),
      process4688(CMD, 'dir'),
      task(106, { TaskName: '\\At1' }),
    ]);
    const said = (some: readonly SelectedEvent[]) =>
      rules
        .flatMap((rule) => detect(rule, some, { nowMs: 0, lenient: true, extended: true }))
        .map(({ rule, mode, key, sentence, events: of }) =>
          JSON.stringify([rule.id, mode, key, sentence, of.map(({ id }) => id)]),
        )
        .sort();
    expect(said(all)).toHaveLength(5);
    const kept = all.filter(({ record }) => select(record).length > 0);
    expect(kept).toHaveLength(6);
    fc.assert(
      fc.property(fc.shuffledSubarray(kept, { minLength: kept.length }), (order) => {
        expect(said(order)).toEqual(said(all));
      }),
      { numRuns: 50 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { loadContent } from '#lib/content/load.ts';
import { softwareHive } from '#lib/evidence/hive/testing/write-hive.ts';
import { AT_JOB, writeJob } from '#lib/evidence/task-job/testing/write-job.ts';
import { AT_TASK, taskXml } from '#lib/evidence/task-xml/testing/task-file.ts';
import { formatIsoTime, parseIsoTime, ticksToFiletime } from '#lib/evidence/time.ts';
import { compileKnowledge } from './rules.ts';
import type { TestFile } from './testing.ts';
import { scanFiles } from './testing.ts';

const { rules } = compileKnowledge(loadContent());
const WRITTEN = '2024-03-05T09:14:02.1254367Z';
const lastWritten = ticksToFiletime(parseIsoTime(WRITTEN) ?? 0n) ?? 0n;
const REG = `Windows Registry Editor Version 5.00\r\n
[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration]\r
"EnableAt"=dword:00000001\r\n`;

const file = (name: string, bytes: Buffer): TestFile => ({ name, bytes });
const HIVE = file('SOFTWARE', softwareHive({ lastWritten, tasks: [{ name: 'At1', lastWritten }] }));
const EXPORT = file('schedule.reg', Buffer.from(`\ufeff${REG}`, 'utf16le'));
const JOB = file('At1.job', writeJob());
const TASK = file('At1', Buffer.from(`\ufeff${AT_TASK}`, 'utf16le'));
const ALL = [HIVE, EXPORT, JOB, TASK];

const found = async (files: readonly TestFile[]) =>
  (await scanFiles(files, rules, { extended: true })).results.map(
    ({ mode, sentence, firstTicks, mappedFrom }) => ({
      said: `${mode}: ${sentence}`,
      first: firstTicks === null ? null : formatIsoTime(firstTicks),
      mappedFrom,
    }),
  );

describe('artefacts of a disk', () => {
  it('never give a strict or lenient finding', async () => {
    const { results, totals } = await scanFiles(ALL, rules, { lenient: true });
    expect(totals.events).toBe(5);
    expect(results).toEqual([]);
  });

  it('give extended findings, with the time that they tell', async () => {
    expect(await found([HIVE])).toEqual([
      {
        said: 'extended: The at job At1 stands in the registry',
        first: WRITTEN,
        mappedFrom: ['registry hive'],
      },
      {
        said: 'extended: EnableAt stands in the registry, set to 1, written last at 2024-03-05T09:14:02',
        first: WRITTEN,
        mappedFrom: ['registry hive'],
      },
    ]);
    expect(await found([EXPORT])).toEqual([
      {
        said: 'extended: EnableAt stands in the registry, set to 1',
        first: null,
        mappedFrom: ['registry export'],
      },
    ]);
    expect(await found([JOB])).toEqual([
      {
        said: 'extended: A job file of the at interface runs cmd.exe /c whoami > C:\\out.txt',
        first: '2024-03-05T09:14:02.1250000Z',
        mappedFrom: ['job file'],
      },
    ]);
    expect(await found([TASK])).toEqual([
      {
        said: 'extended: The task file of the at job At1 runs cmd.exe /c whoami > C:\\out.txt & exit',
        first: '2024-03-05T09:13:02.1254367Z',
        mappedFrom: ['task file'],
      },
    ]);
  });

  it('say that EnableAt is off or gone where it is', async () => {
    const off = softwareHive({ enableAt: { name: 'EnableAt', type: 4, data: Buffer.alloc(4) } });
    const gone = Buffer.from(REG.replace('dword:00000001', '-'));
    expect((await found([file('SOFTWARE', off)])).map(({ said }) => said)).toEqual([
      'extended: EnableAt stands in the registry, set to 0',
    ]);
    expect((await found([file('a.reg', gone)])).map(({ said }) => said)).toEqual([
      'extended: A registry file deletes EnableAt',
    ]);
  });

  it('that are no jobs of the at interface give none', async () => {
    const own = { ...AT_JOB, comment: 'Updates the program.' };
    const files = [
      file('Update.job', writeJob(own)),
      file('Attic', Buffer.from(taskXml({ uri: '\\Attic', description: '' }))),
      file('SOFTWARE', softwareHive({ enableAt: null, tasks: [{ name: 'Attic' }] })),
    ];
    expect(await found(files)).toEqual([]);
  });

  it('without a command or a user give a finding all the same', async () => {
    expect(
      (await found([file('At2.job', writeJob({ comment: AT_JOB.comment ?? '' }))])).map(({ said }) => said),
    ).toEqual(['extended: A job file of the at interface runs an unknown command']);
  });
});

import { describe, expect, it } from 'vitest';
import { readEvidence } from '#lib/evidence/read.ts';
import type { Block } from '#lib/evidence/record.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';
import { readJob } from './reader.ts';
import { AT_JOB, type JobSpec, writeJob } from './testing/write-job.ts';

async function read(bytes: Buffer, timeZone?: string): Promise<Block> {
  for await (const block of readJob(fromBuffer(bytes), timeZone === undefined ? {} : { timeZone }))
    return block;
  throw new Error('there is no block');
}
const timeOf = (block: Block): string | null => {
  const ticks = block.records[0]?.timeTicks ?? null;
  return ticks === null ? null : formatIsoTime(ticks);
};

describe('a job file', () => {
  it('tells what it runs, for whom, and when it ran last', async () => {
    const block = await read(writeJob({ ...AT_JOB, workingDirectory: 'C:\\Windows' }));
    expect(block.records.map(({ form, data }) => [form, data])).toEqual([
      [
        'job',
        [
          ['Command', 'cmd.exe'],
          ['Arguments', '/c whoami > C:\\out.txt'],
          ['WorkingDirectory', 'C:\\Windows'],
          ['Author', 'SYSTEM'],
          ['Comment', 'Created by NetScheduleJobAdd.'],
          ['Trigger', 'once, from 2024-03-05 09:14'],
          ['LastRun', '2024-03-05T09:14:02.125'],
          ['ExitCode', '0'],
        ],
      ],
    ]);
    expect(timeOf(block)).toBe('2024-03-05T09:14:02.1250000Z');
    expect(block.problems.map(({ code, isLoss }) => [code, isLoss])).toEqual([['time-zone', false]]);
  });

  it('has the time of the zone that its host was in', async () => {
    expect(timeOf(await read(writeJob(), 'Asia/Tokyo'))).toBe('2024-03-05T00:14:02.1250000Z');
  });

  it('that never ran has no time, and says so', async () => {
    const { lastRun: _, ...job } = AT_JOB;
    const block = await read(writeJob(job));
    expect(timeOf(block)).toBeNull();
    expect(block.problems.map(({ message }) => message).join()).toContain('no time');
  });

  it.each([
    [1, 0, 'daily, from 2024-12-31 23:05'],
    [4, 4, 'monthly by weekday, from 2024-12-31 23:05 (disabled)'],
    [6, 0, 'at system start'],
    [99, 0, 'type 99'],
  ])('with a trigger of type %i says it in words', async (type, flags, words) => {
    const { records } = await read(
      writeJob({ ...AT_JOB, triggers: [{ begin: [2024, 12, 31], time: [23, 5], type, flags }] }),
    );
    expect(Object.fromEntries(records[0]?.data ?? []).Trigger).toBe(words);
  });

  it.each([0x0500, 0x0501, 0x0601, 0x0a00])(
    'of version %i is told by its content',
    async (productVersion) => {
      const bytes = writeJob({ ...AT_JOB, productVersion });
      expect((await readEvidence(fromBuffer(bytes), {})).form).toBe('job');
    },
  );

  it.each<[string, JobSpec | Buffer]>([
    ['of a version that never was', { ...AT_JOB, productVersion: 0x0700 }],
    ['of zeros', Buffer.alloc(200)],
    ['that is too short', writeJob().subarray(0, 60)],
  ])('is not taken for one: a file %s', async (_, file) => {
    const bytes = Buffer.isBuffer(file) ? file : writeJob(file);
    await expect(readEvidence(fromBuffer(bytes), {})).rejects.toThrow('binary file');
  });

  it('that is cut off anywhere gives what is left', async () => {
    const whole = writeJob();
    for (let length = 80; length < whole.length; length++) {
      const block = await read(whole.subarray(0, length));
      expect(block.records).toHaveLength(1);
      expect(block.problems.map(({ code }) => code)).toContain('truncated');
      expect(block.lengthBytes).toBe(length);
    }
  });
});

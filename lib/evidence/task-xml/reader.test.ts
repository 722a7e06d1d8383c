import { describe, expect, it } from 'vitest';
import { readEvidence } from '#lib/evidence/read.ts';
import type { Block } from '#lib/evidence/record.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';
import { readTaskXml } from './reader.ts';
import { AT_TASK, taskXml } from './testing/task-file.ts';

const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

async function read(file: string | Buffer, timeZone?: string): Promise<Block> {
  const source = fromBuffer(typeof file === 'string' ? utf16(file) : file);
  for await (const block of readTaskXml(source, timeZone === undefined ? {} : { timeZone })) return block;
  throw new Error('there is no block');
}
const timeOf = (block: Block): string | null => {
  const ticks = block.records[0]?.timeTicks ?? null;
  return ticks === null ? null : formatIsoTime(ticks);
};
const dataOf = (block: Block) => block.records[0]?.data.filter(([name]) => name !== 'TaskContent');

describe('the XML of a task', () => {
  it.each([
    ['UTF-16', utf16(AT_TASK)],
    ['UTF-16 without a mark', Buffer.from(AT_TASK, 'utf16le')],
    ['UTF-16 in the other order', utf16(AT_TASK).swap16()],
    ['UTF-8', Buffer.from(AT_TASK)],
  ])('in %s tells what it runs, for whom and when it was registered', async (_, bytes) => {
    expect((await readEvidence(fromBuffer(bytes), {})).form).toBe('task-xml');
    const block = await read(Buffer.from(bytes));
    expect(dataOf(block)).toEqual([
      ['TaskName', '\\At1'],
      ['Command', 'cmd.exe'],
      ['Arguments', '/c whoami > C:\\out.txt & exit'],
      ['Author', 'SYSTEM'],
      ['Comment', 'Created by NetScheduleJobAdd.'],
      ['UserId', '@AtServiceAccount'],
      ['Trigger', 'TimeTrigger from 2024-03-05T09:14:00'],
      ['Date', '2024-03-05T09:13:02.1254367'],
    ]);
    expect(block.records[0]?.data.at(-1)).toEqual(['TaskContent', AT_TASK]);
    expect(timeOf(block)).toBe('2024-03-05T09:13:02.1254367Z');
    expect(block.problems.map(({ code }) => code)).toEqual(['time-zone']);
  });

  it('has the time of its zone, else that of its host', async () => {
    expect(timeOf(await read(AT_TASK, 'Asia/Tokyo'))).toBe('2024-03-05T00:13:02.1254367Z');
    const zoned = await read(taskXml({ date: '2024-03-05T09:13:02+09:00' }), 'America/New_York');
    expect(timeOf(zoned)).toBe('2024-03-05T00:13:02.0000000Z');
    expect(zoned.problems).toEqual([]);
  });

  it('without a date has no time, and says so', async () => {
    const block = await read(taskXml({ date: '' }));
    expect(timeOf(block)).toBeNull();
    expect(block.problems.map(({ message }) => message).join()).toContain('no time');
  });

  it('may have a prefix, several actions and a class of COM', async () => {
    const block = await read(
      `<t:Task xmlns:t="http://schemas.microsoft.com/windows/2004/02/mit/task"><t:RegistrationInfo><t:URI>\\A</t:URI></t:RegistrationInfo>
      <t:Actions><t:Exec><t:Command>a.exe</t:Command></t:Exec><t:ComHandler><t:ClassId>{1}</t:ClassId><t:Data><![CDATA[<x>]]></t:Data></t:ComHandler></t:Actions></t:Task>`,
    );
    expect(dataOf(block)).toEqual([
      ['TaskName', '\\A'],
      ['Command', 'a.exe'],
      ['Command', '{1}'],
      ['Arguments', '<x>'],
    ]);
  });

  it('that is cut off gives what stands before the cut', async () => {
    for (let length = 100; length < AT_TASK.length - 8; length += 7) {
      const block = await read(AT_TASK.slice(0, length));
      const isRead = block.records.length > 0;
      expect(block.problems.find(({ code }) => code === 'xml-syntax')?.isLoss).toBe(!isRead);
      if (length > AT_TASK.indexOf('</Exec>')) expect(dataOf(block)?.[1]).toEqual(['Command', 'cmd.exe']);
    }
  });

  it('with nothing in it is told as a loss', async () => {
    const block = await read('<Task xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"/>');
    expect(block.records).toEqual([]);
    expect(block.problems.map(({ isLoss }) => isLoss)).toEqual([true]);
  });

  it('does not let entities grow, nor elements pile up', async () => {
    const levels = Array.from({ length: 20 }, (_, at) => `<!ENTITY a${at + 1} "${`&a${at};`.repeat(10)}">`);
    const bomb = AT_TASK.replace('<Task', `<!DOCTYPE Task [<!ENTITY a0 "x">${levels.join('')}]><Task`);
    const block = await read(bomb.replace('cmd.exe', '&a20;'));
    expect(dataOf(block)?.every(([, value]) => value.length < 100)).toBe(true);
    const deep = await read(AT_TASK.replace('<Exec>', '<Exec>'.repeat(300_000)));
    expect(deep.problems.map(({ code }) => code)).toContain('xml-syntax');
  });
});

import { describe, expect, it } from 'vitest';
import { readEvidence } from '#lib/evidence/read.ts';
import type { Block } from '#lib/evidence/record.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { readRegExport } from './reader.ts';

const SCHEDULE = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule';
const exportOf = (...lines: readonly string[]): string =>
  ['Windows Registry Editor Version 5.00', '', ...lines, ''].join('\r\n');
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

async function read(text: string | Buffer, startOffset = 0, startIndex = 0): Promise<readonly Block[]> {
  const bytes = typeof text === 'string' ? utf16(text) : text;
  const blocks: Block[] = [];
  for await (const block of readRegExport(fromBuffer(bytes), { startOffset, startIndex })) blocks.push(block);
  return blocks;
}
const valuesOf = async (text: string | Buffer) =>
  (await read(text)).flatMap((block) => block.records.map(({ data }) => Object.fromEntries(data)));

const STORY = exportOf(
  `[${SCHEDULE}]`,
  '"EnableAt"=dword:00000007',
  '',
  `[${SCHEDULE}\\Configuration]`,
  '"EnableAt"=dword:00000001',
  '',
  `[${SCHEDULE}\\TaskCache\\Tree\\At1]`,
  '"Id"="{1}"',
  `[${SCHEDULE}\\TaskCache\\Tree\\Attic]`,
);

describe('a registry export', () => {
  const expected = [
    {
      registry_path: `${SCHEDULE}\\Configuration\\EnableAt`,
      registry_key_name: 'Configuration',
      registry_value_name: 'EnableAt',
      registry_value_type: 'REG_DWORD',
      registry_value_data: '0x00000001',
      action: 'modified',
    },
    {
      registry_path: `${SCHEDULE}\\TaskCache\\Tree\\At1`,
      registry_key_name: 'At1',
      TaskName: '\\At1',
      action: 'modified',
    },
  ];

  it.each([
    ['UTF-16', utf16(STORY)],
    ['UTF-16 in the other order', utf16(STORY).swap16()],
    ['one byte a character', Buffer.from(STORY.replace(/^.*/, 'REGEDIT4'))],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${STORY}`)],
    ['lines without a carriage return', Buffer.from(STORY.replaceAll('\r', ''))],
  ])('in %s tells EnableAt and the at jobs', async (_, bytes) => {
    expect((await readEvidence(fromBuffer(bytes), {})).form).toBe('reg');
    expect(await valuesOf(bytes)).toEqual(expected);
  });

  it('has no time, and says so', async () => {
    const [block] = await read(STORY);
    expect(block?.records.map(({ timeTicks, system }) => [timeTicks, system.systemTime])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(block?.problems.map(({ isLoss, message }) => [isLoss, message])).toEqual([
      [false, expect.stringContaining('no time')],
    ]);
  });

  it('names the place of the line', async () => {
    const [record] = (await read(STORY))[0]?.records ?? [];
    const offset = record?.place.offset ?? 0;
    expect(utf16(STORY).toString('utf16le', offset).startsWith('"EnableAt"=dword:00000001')).toBe(true);
  });

  it.each([
    ['"enableat"=dword:0', 'REG_DWORD', '0x00000000'],
    ['"EnableAt"="1"', 'REG_SZ', '1'],
    ['"EnableAt"=hex(4):02,00,00,00', 'REG_DWORD', '0x00000002'],
    ['"EnableAt"=hex(2):25,00,\\\r\n  61,00,00,00', 'REG_EXPAND_SZ', '%a'],
    ['"EnableAt"=hex(b):01,00,00,00,00,00,00,00', 'REG_QWORD', '0x0000000000000001'],
    ['"EnableAt"=hex:de,ad', 'REG_BINARY', 'dead'],
    ['"Text"="a \\"quoted\\" C:\\\\x"', 'REG_SZ', 'a "quoted" C:\\x'],
  ])('reads %s', async (line, type, data) => {
    const [values] = await valuesOf(exportOf(`[${SCHEDULE}\\Configuration]`, line));
    expect(values).toMatchObject({ registry_value_type: type, registry_value_data: data });
  });

  it('that deletes the value is told as a deletion', async () => {
    const [values] = await valuesOf(exportOf(`[${SCHEDULE}\\Configuration]`, '"EnableAt"=-'));
    expect(values).toMatchObject({ registry_value_name: 'EnableAt', action: 'deleted' });
    expect(values).not.toHaveProperty('registry_value_data');
  });

  it.each([
    ['another key', `[${SCHEDULE}\\Configuration2]`, '"EnableAt"=dword:1'],
    ['a key that is deleted', `[-${SCHEDULE}\\Configuration]`, '"EnableAt"=dword:1'],
    ['the default value', `[${SCHEDULE}\\Configuration]`, '@="EnableAt"'],
    ['a comment', `[${SCHEDULE}\\Configuration]`, ';"EnableAt"=dword:1'],
    ['a value that is none', `[${SCHEDULE}\\Configuration]`, '"EnableAt"=dword:xyz'],
    ['a value without an end', `[${SCHEDULE}\\Configuration]`, '"EnableAt"="1'],
  ])('does not take %s for it', async (_, ...lines) => {
    expect(await valuesOf(exportOf(...lines))).toEqual([]);
  });

  it('of many megabytes is read in blocks, each of which can be read alone', async () => {
    const filler = `[HKEY_LOCAL_MACHINE\\SOFTWARE\\Vendor]\r\n"Blob"=hex:${'00,'.repeat(20_000)}00\r\n`;
    const key = `[${SCHEDULE}\\Configuration]\r\n"EnableAt"=dword:1\r\n`;
    const bytes = utf16(exportOf(filler.repeat(12) + key + filler.repeat(12) + key));
    const blocks = await read(bytes);
    expect(blocks.length).toBeGreaterThan(2);
    expect(blocks.reduce((sum, block) => sum + block.lengthBytes, 0)).toBe(bytes.length);
    expect(blocks.flatMap((block) => block.records)).toHaveLength(2);
    for (const block of blocks) {
      const [again] = await read(bytes, block.offset, block.index);
      expect(again?.records).toEqual(block.records);
      expect(again?.offset).toBe(block.offset);
    }
  });

  it('with a line that never ends is read on after it', async () => {
    const line = `"Blob"="${'x'.repeat(3_000_000)}"`;
    const [block] = await read(exportOf(line, `[${SCHEDULE}\\Configuration]`, '"EnableAt"=dword:1'));
    const blocks = await read(exportOf(line, `[${SCHEDULE}\\Configuration]`, '"EnableAt"=dword:1'));
    expect(block?.problems.map(({ code }) => code)).toContain('record-too-long');
    expect(blocks.flatMap(({ records }) => records)).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import { ChunkBuilder, evtxFile, type TestValue } from './testing/chunk-builder.ts';
import { readBlocks } from './testing/read-all.ts';
import { ARRAY_FLAG, valueType as type } from './tokens.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const utf16 = (text: string) => Buffer.from(text, 'utf16le');

/** The data of an event with this one value, as the reader gives it. */
async function dataOf(value: TestValue): Promise<string[]> {
  const chunk = new ChunkBuilder();
  chunk.event(() => chunk.eventData(() => chunk.substitution(0)), [value]);
  const [block] = await readBlocks(evtxFile([chunk.finish()]));
  expect(block?.problems).toEqual([]);
  return block?.records[0]?.data.map(([, text]) => text) ?? [];
}

const SCALARS: readonly (readonly [name: string, type: number, bytes: Buffer, text: string])[] = [
  ['null', type.null, hex(''), ''],
  ['string', type.string, utf16('añ€😀'), 'añ€😀'],
  ['string without its terminator', type.string, utf16('ab\0'), 'ab'],
  ['string with a NUL inside', type.string, utf16('a\0b\0'), 'a\0b'],
  ['string with lone surrogates', type.string, hex('41 00 00 d8 42 00 00 dc'), 'A\ud800B\udc00'],
  ['string of odd size', type.string, hex('41 00 42'), 'A'],
  ['ANSI string as code page 1252', type.ansiString, hex('80 61 e9 00'), '€aé'],
  ['int8', type.int8, hex('ff'), '-1'],
  ['uint8', type.uint8, hex('ff'), '255'],
  ['int16', type.int16, hex('00 80'), '-32768'],
  ['uint16', type.uint16, hex('00 80'), '32768'],
  ['int32', type.int32, hex('00 00 00 80'), '-2147483648'],
  ['uint32', type.uint32, hex('ff ff ff ff'), '4294967295'],
  ['int64', type.int64, hex('00 00 00 00 00 00 00 80'), '-9223372036854775808'],
  ['uint64', type.uint64, hex('ff ff ff ff ff ff ff ff'), '18446744073709551615'],
  ['uint64 above 2^53', type.uint64, hex('01 00 00 00 00 00 20 00'), '9007199254740993'],
  ['float', type.float32, hex('cd cc cc 3d'), '0.1'],
  ['float that needs nine digits', type.float32, hex('01 00 80 3f'), '1.0000001'],
  ['float infinity', type.float32, hex('00 00 80 ff'), '-INF'],
  ['double', type.float64, hex('9a 99 99 99 99 99 b9 3f'), '0.1'],
  ['double that is no number', type.float64, hex('00 00 00 00 00 00 f8 7f'), 'NaN'],
  ['false', type.bool, hex('00 00 00 00'), 'false'],
  ['true', type.bool, hex('01 00 00 00'), 'true'],
  ['irregular bool', type.bool, hex('00 00 00 fe'), 'true'],
  ['bool of one byte', type.bool, hex('01'), 'true'],
  ['binary', type.binary, hex('00 ab ff'), '00ABFF'],
  [
    'GUID',
    type.guid,
    hex('00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff'),
    '{33221100-5544-7766-8899-AABBCCDDEEFF}',
  ],
  ['SizeT of 4 bytes', type.sizeT, hex('00 0a 00 00'), '0xa00'],
  ['SizeT of 8 bytes', type.sizeT, hex('ff ff ff ff ff ff ff ff'), '0xffffffffffffffff'],
  ['FILETIME to 100 ns', type.filetime, hex('df 8c d3 76 dd 6e da 01'), '2024-03-05T09:14:02.1254367Z'],
  [
    'FILETIME beyond any calendar',
    type.filetime,
    hex('ff ff ff ff ff ff ff ff'),
    '+060056-05-28T05:36:10.9551615Z',
  ],
  [
    'SYSTEMTIME',
    type.systemtime,
    hex('e8 07 03 00 02 00 05 00 09 00 0e 00 02 00 7d 00'),
    '2024-03-05T09:14:02.125Z',
  ],
  ['SID', type.sid, hex('01 02 00 00 00 00 00 05 20 00 00 00 20 02 00 00'), 'S-1-5-32-544'],
  ['SID without sub-authority', type.sid, hex('01 00 00 00 00 00 00 05'), 'S-1-5'],
  ['SID with a large authority', type.sid, hex('01 01 00 01 00 00 00 00 07 00 00 00'), 'S-1-4294967296-7'],
  [
    'SID with 20 sub-authorities',
    type.sid,
    Buffer.concat([hex('01 14 00 00 00 00 00 05'), Buffer.alloc(80, hex('01 00 00 00'))]),
    `S-1-5${'-1'.repeat(20)}`,
  ],
  ['SID shorter than it says', type.sid, hex('01 02 00 00 00 00 00 05 20 00'), '01020000000000052000'],
  ['HexInt32', type.hexInt32, hex('ef be ad de'), '0xdeadbeef'],
  ['HexInt64', type.hexInt64, hex('00 00 00 00 00 00 20 80'), '0x8020000000000000'],
  ['EvtHandle', type.evtHandle, hex('10 00 00 00'), '0x10'],
  ['EvtXml', type.evtXml, utf16('<a/>\0'), '<a/>'],
  ['unknown type', 0x7f, hex('0a 0b'), '0A0B'],
  ['integer shorter than its type', type.uint32, hex('01 02'), '513'],
  ['GUID shorter than its type', type.guid, hex('01 02'), '0102'],
];

const array = (of: number) => of | ARRAY_FLAG;
const ARRAYS: readonly (readonly [name: string, type: number, bytes: Buffer, texts: readonly string[]])[] = [
  ['strings', array(type.string), utf16('a\0\0bc\0'), ['a', '', 'bc']],
  ['strings, the last without terminator', array(type.string), utf16('a\0bc'), ['a', 'bc']],
  ['ANSI strings', array(type.ansiString), hex('61 00 62 63 00'), ['a', 'bc']],
  ['bytes', array(type.uint8), hex('01 ff'), ['1', '255']],
  ['signed 16 bits', array(type.int16), hex('ff ff 02 00'), ['-1', '2']],
  ['32 bits', array(type.uint32), hex('01 00 00 00 02 00 00 00'), ['1', '2']],
  ['64 bits', array(type.uint64), hex('01 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00'), ['1', '2']],
  ['doubles', array(type.float64), hex('00 00 00 00 00 00 f0 3f'), ['1']],
  ['bools', array(type.bool), hex('00 00 00 00 01 00 00 00'), ['false', 'true']],
  ['hexadecimal', array(type.hexInt32), hex('0a 00 00 00 0b 00 00 00'), ['0xa', '0xb']],
  ['FILETIMEs', array(type.filetime), hex('df 8c d3 76 dd 6e da 01'), ['2024-03-05T09:14:02.1254367Z']],
  [
    'SIDs of several lengths',
    array(type.sid),
    hex('01 01 00 00 00 00 00 05 12 00 00 00 01 02 00 00 00 00 00 05 20 00 00 00 20 02 00 00'),
    ['S-1-5-18', 'S-1-5-32-544'],
  ],
  ['GUIDs', array(type.guid), Buffer.alloc(32), Array(2).fill('{00000000-0000-0000-0000-000000000000}')],
  ['nothing', array(type.string), hex(''), ['']],
];

describe('values are rendered as Windows renders them', () => {
  it.each(SCALARS)('%s', async (_name, valueType, bytes, text) => {
    expect(await dataOf([valueType, bytes])).toEqual([text]);
  });

  it.each(ARRAYS)('an array of %s repeats its Data element', async (_name, valueType, bytes, texts) => {
    expect(await dataOf([valueType, bytes])).toEqual(texts);
  });

  it('gives every 16-bit code unit back as it was', async () => {
    const units = Uint16Array.from({ length: 4096 }, (_, index) => index * 16 + 5);
    const bytes = Buffer.from(units.buffer);
    const [text = ''] = await dataOf([type.string, bytes]);
    expect(Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))).toEqual([...units]);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, EvidenceRecord, Problem, SystemValues } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { XML_LIMITS, type XmlLimits } from './limits.ts';
import { readXml } from './reader.ts';
import { emptySystem } from './system.ts';

const SAMPLE = new URL('../../../../shared/data/forms/zircolite_xml_events_sample.xml', import.meta.url);
const SYSTEM: SystemValues = {
  ...emptySystem(),
  providerName: 'Microsoft-Windows-PowerShell',
  eventId: 4104,
  systemTime: '2024-03-05T09:14:02.1254367Z',
  recordId: '139',
  channel: 'Microsoft-Windows-PowerShell/Operational',
  computer: 'win10-02.offsec.lan',
};

type Reading = { blocks: Block[]; records: EvidenceRecord[]; problems: Problem[] };

async function read(text: string | Buffer, options = {}, limits: XmlLimits = XML_LIMITS): Promise<Reading> {
  const blocks: Block[] = [];
  for await (const block of readXml(fromBuffer(Buffer.from(text as string)), options, limits))
    blocks.push(block);
  return {
    blocks,
    records: blocks.flatMap((block) => block.records),
    problems: blocks.flatMap((block) => block.problems),
  };
}

const event = (script: string): string =>
  renderEventXml({ system: SYSTEM, data: [['ScriptBlockText', script]], userDataXml: null });
const raw = (markup: string): string => event('@').replace('@', () => markup);
const scripts = ({ records }: Reading) => records.map((record) => record.data[0]?.[1]);
const whole = ({ records }: Reading) =>
  records.map(({ place, system, data, timeTicks }) => ({ place, system, data, timeTicks }));
const utf16 = (text: string, isBig: boolean): Buffer => {
  const bytes = Buffer.from(text, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
};

describe('the forms that Windows and its tools write', () => {
  it.each([
    ['one a line', `${event('1')}\n${event('2')}\n`],
    ['without line breaks', event('1') + event('2')],
    [
      'with declaration, comment and root',
      `<?xml version="1.0"?>\r\n<!-- x --><Events>${event('1')}${event('2')}</Events>`,
    ],
    ['double quotes', `${event('1')}${event('2')}`.replaceAll("'", '"')],
    ['a namespace prefix', (event('1') + event('2')).replace(/<(\/?)/g, '<$1e:')],
    ['byte order mark', `\ufeff${event('1')}${event('2')}`],
    ['over several lines', (event('1') + event('2')).replaceAll('><', '>\r\n  <')],
  ])('reads %s, in UTF-8 and UTF-16 of both orders', async (_, text) => {
    const expected = ['1', '2'];
    for (const bytes of [Buffer.from(text), utf16(text, false), utf16(text, true)]) {
      const reading = await read(bytes);
      expect(scripts(reading)).toEqual(expected);
      expect(reading.problems).toEqual([]);
      expect(reading.records[0]?.system).toEqual(SYSTEM);
      expect(reading.records[0]?.timeTicks).toBe(17_096_300_421_254_367n);
    }
  });

  it('keeps line ends, tags in CDATA, escaped tags and forbidden characters of a script as they are', async () => {
    const inside = ['a\r\nb\nc\rd', '<Event x> </Event>', '&lt;Event &', '\0\u{1f600}\ud800'];
    const text = [
      raw(inside[0] ?? ''),
      raw(`<![CDATA[${inside[1]}]]>`),
      raw('&amp;lt;Event &'),
      raw('&#0;&#x1F600;&#xD800;'),
    ];
    expect(scripts(await read(text.join('\n')))).toEqual(inside);
  });

  it('leaves references in CDATA and unknown entities alone', async () => {
    expect(scripts(await read(raw('<![CDATA[&#65;]]>&nope;&#xFFFFFFFF;&#65;')))).toEqual([
      '&#65;&nope;&#xFFFFFFFF;A',
    ]);
  });

  it.skipIf(!existsSync(SAMPLE))('reads the sample of another tool', async () => {
    const { records, problems } = await read(readFileSync(SAMPLE));
    expect(records.map(({ system, data }) => [system.eventId, data.length])).toEqual([
      [4672, 5],
      [4624, 11],
    ]);
    expect(problems).toEqual([]);
  });
});

describe('damage', () => {
  it.each([
    ['junk', `${event('1')}\nJUNK\n${event('2')}`, ['1', '2'], false],
    ['a lost start', `${event('1')}<System/></Event>${event('2')}`, ['1', '2'], true],
    ['an event cut by the next', `${event('1')}${event('x').slice(0, 90)}${event('2')}`, ['1', '2'], true],
    [
      'a tag that does not fit',
      `${event('1')}${event('x').replace('</Channel>', '</Computer>')}${event('2')}`,
      ['1', '2'],
      true,
    ],
    ['a comment without end', `${event('1')}<!-- ${event('2')}`, ['1', '2'], false],
    ['an end inside an event', `${event('1')}${event('2')}${event('x').slice(0, -9)}`, ['1', '2'], true],
  ])('of %s is one problem, and the other events are read', async (_, text, expected, isLoss) => {
    const reading = await read(text);
    expect(scripts(reading)).toEqual(expected);
    expect(reading.problems.map((problem) => problem.isLoss)).toEqual([isLoss]);
  });

  it('is told with byte offset and line', async () => {
    const before = `${event('ü')}\n\n`;
    const { problems } = await read(`${before}${event('x').replace('</Level>', '')}<Event><a></Event>`);
    expect(problems.map(({ place }) => place).at(-1)?.line).toBe(3);
    expect(problems.at(-1)?.place.offset).toBeGreaterThanOrEqual(Buffer.byteLength(before));
  });

  it('of an event beyond the limit is skipped whole, with its size', async () => {
    const long = raw('y'.repeat(5000));
    const limits = { readBytes: 100, blockBytes: 200, eventMaxBytes: 2000 };
    const reading = await read(`${event('1')}${long}${event('2')}`, {}, limits);
    expect(scripts(reading)).toEqual(['1', '2']);
    expect(reading.problems).toMatchObject([
      { code: 'record-too-long', skippedBytes: long.length, isLoss: true },
    ]);
  });

  it('of 200 kinds leaves every event that it does not touch', async () => {
    const count = 12;
    const text = Buffer.from(
      Array.from({ length: count }, (_, i) => event(`script ${i}`.padEnd(9))).join(''),
    );
    const size = text.length / count;
    const replacement = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(3000).map((length) => new Uint8Array(length)),
      fc.tuple(fc.nat(text.length), fc.nat(2000)).map(([at, length]) => text.subarray(at, at + length)),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length), fc.nat(1000), replacement, async (from, length, bytes) => {
        const to = Math.min(from + length, text.length);
        const mutant = Buffer.concat([text.subarray(0, from), bytes, text.subarray(to)]);
        const found = new Set(scripts(await read(mutant)));
        for (let i = 0; i < count; i++) {
          const isTouched = (i + 1) * size > from && i * size < to;
          if (!isTouched) expect(found).toContain(`script ${i}`.padEnd(9));
        }
      }),
      { numRuns: 200, seed: 42 },
    );
  });

  it('never makes more than a bounded number of problems of a block', async () => {
    const { problems } = await read('<Event '.repeat(20_000));
    expect(problems.length).toBeLessThan(1100);
    expect(problems.reduce((sum, problem) => sum + problem.skippedBytes, 0)).toBe(140_000);
  });
});

describe('blocks', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }).map(event),
    fc.constantFrom(
      '\n',
      'junk',
      '<!-- <Event > -->',
      '<Event ',
      '</Event>',
      '<![CDATA[',
      ']]>',
      '-->',
      '\ufeff',
      '<e:Event>',
    ),
  );
  const limits = fc.record({
    readBytes: fc.integer({ min: 2, max: 900 }).map((count) => count & ~1),
    blockBytes: fc.integer({ min: 1, max: 600 }).map((count) => count * 2),
    eventMaxBytes: fc.constant(1 << 20),
  });

  it('hold the same records wherever reads and blocks end, cover all bytes, and can be begun at', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { minLength: 1, maxLength: 8 }),
        limits,
        fc.constantFrom('8', 'le', 'be'),
        async (parts, small, form) => {
          const text = `<?xml version="1.0"?>${parts.join('')}`;
          const bytes = form === '8' ? Buffer.from(text) : utf16(text, form === 'be');
          const reading = await read(bytes, {}, small);
          expect(whole(reading)).toEqual(whole(await read(bytes)));
          let next = 0;
          for (const block of reading.blocks) {
            expect(block.offset).toBe(next);
            next += block.lengthBytes;
          }
          expect(next).toBe(bytes.length);
          for (const { index, offset } of reading.blocks) {
            const rest = await read(bytes, { startOffset: offset, startIndex: index }, small);
            expect(
              rest.blocks.map((block) => [block.index, block.offset, block.lengthBytes, block.problems]),
            ).toEqual(
              reading.blocks
                .slice(index)
                .map((block) => [block.index, block.offset, block.lengthBytes, block.problems]),
            );
            expect(whole(rest)).toEqual(
              reading.blocks.slice(index).flatMap((block) => whole({ ...rest, records: [...block.records] })),
            );
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  const needle = 'win32_scheduledjob <&>';
  const hidden = fc.constantFrom(
    needle.toUpperCase(),
    'win32_sche<!-- -->duledjob &lt;&amp;&gt;',
    '<![CDATA[win32_scheduledjob <&>]]>',
    'win32_scheduledjob &lt;&amp;&gt;',
    'win32_&#115;cheduledjob &lt;&amp;>',
    'other',
    '&#13;',
    'ü',
  );
  it('that are skipped hold no literal, and count as when read', async () => {
    const limit = { ...XML_LIMITS, blockBytes: 1500 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(hidden, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        async (values, isWide) => {
          const text = values.map(raw).join('\n');
          const bytes = isWide ? utf16(text, false) : Buffer.from(text);
          const all = await read(bytes, {}, limit);
          const some = await read(bytes, { needles: [needle] }, limit);
          const hits = (reading: Reading) =>
            whole(reading).filter(({ data }) => data[0]?.[1].toLowerCase().includes(needle));
          expect(hits(some)).toEqual(hits(all));
          expect(some.blocks.map((block) => [block.recordCount, block.census()])).toEqual(
            all.blocks.map((block) => [block.recordCount, block.census()]),
          );
        },
      ),
    );
    expect((await read(event('other'), { needles: [needle] })).blocks[0]?.isParsed).toBe(false);
  });
});

describe('renderEventXml', () => {
  const hostile = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '\0',
          '\n',
          '\r',
          '\t',
          '\u001b[31m',
          '\u202e',
          '\ud800',
          '\udc00',
          '\ufffe',
          ']]>',
          '&#0;',
          '<',
          '&',
          '"',
          "'",
          '\ufeff',
        ),
        fc.string({ unit: 'binary', maxLength: 3 }),
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join(''));
  const text = fc.option(hostile.filter((value) => value !== ''));

  it('writes any record so that it is read back with the same values', async () => {
    const system = fc.record({
      providerName: text,
      providerGuid: text,
      eventId: fc.option(fc.nat(65_535)),
      qualifiers: text,
      version: text,
      level: text,
      task: text,
      opcode: text,
      keywords: text,
      systemTime: text,
      recordId: text,
      activityId: text,
      relatedActivityId: text,
      processId: text,
      threadId: text,
      channel: text,
      computer: text,
      userId: text,
    });
    await fc.assert(
      fc.asyncProperty(
        system,
        fc.array(fc.tuple(hostile, hostile), { maxLength: 4 }),
        async (values, data) => {
          const [record] = (await read(renderEventXml({ system: values, data, userDataXml: null }))).records;
          expect(record?.system).toEqual(values);
          expect(record?.data).toEqual(data);
        },
      ),
      { numRuns: 500 },
    );
  });
});

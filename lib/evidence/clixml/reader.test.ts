import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRecord } from '#lib/events/testing.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import type { EvidenceRecord, ReadOptions } from '#lib/evidence/record.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { TEXT_LIMITS } from '#lib/evidence/text/limits.ts';
import { censusOf, encoded, gather, type Reading, whole } from '#lib/evidence/text/testing/read-blocks.ts';
import { readClixml } from './reader.ts';
import { clixml, escapeText } from './testing/write-clixml.ts';
import { decodeEscapes } from './value.ts';

const read = (text: string | Buffer, options: ReadOptions = {}, limits = TEXT_LIMITS): Promise<Reading> =>
  gather(readClixml(fromBuffer(typeof text === 'string' ? Buffer.from(text) : text), options, limits));

const SYSTEM = {
  providerName: 'Microsoft-Windows-PowerShell',
  providerGuid: '{A0C1853B-5C40-4B15-8766-3CF1C58F985A}',
  eventId: 4104,
  version: '1',
  level: '5',
  task: '2',
  opcode: '15',
  keywords: '0x0',
  systemTime: '2024-03-05T09:14:02.1254367Z',
  recordId: '139',
  activityId: '{547232D9-5B2B-0007-6CA6-72542B5BD801}',
  processId: '1152',
  threadId: '1212',
  channel: 'Microsoft-Windows-PowerShell/Operational',
  computer: 'win10-02.offsec.lan',
  userId: 'S-1-5-18',
} as const;
const scriptBlock = (text: string, recordId = '139'): EvidenceRecord =>
  makeRecord({ ...SYSTEM, recordId }, [
    ['MessageNumber', '1'],
    ['MessageTotal', '1'],
    ['ScriptBlockText', text],
    ['ScriptBlockId', 'e3013ff9-7017-47b3-9150-dda5a8860adb'],
    ['Path', ''],
  ]);
const scripts = ({ records }: Reading) => records.map((record) => record.data[2]?.[1]);
const told = ({ problems }: Reading) =>
  problems.map(({ code, place, isLoss }) => ({ code, ...place, isLoss }));

/** Public sample: an event of EventLog.xml of the SANS Holiday Hack Challenge 2019, shortened by us. */
const SAMPLE = `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
  <Obj RefId="1800">
    <TN RefId="1800">
      <T>System.Diagnostics.Eventing.Reader.EventLogRecord</T>
      <T>System.Diagnostics.Eventing.Reader.EventRecord</T>
      <T>System.Object</T>
    </TN>
    <ToString>System.Diagnostics.Eventing.Reader.EventLogRecord</ToString>
    <Props>
      <I32 N="Id">1</I32>
      <By N="Version">5</By>
      <Nil N="Qualifiers" />
      <By N="Level">4</By>
      <I32 N="Task">1</I32>
      <I16 N="Opcode">0</I16>
      <I64 N="Keywords">-9223372036854775808</I64>
      <I64 N="RecordId">2422</I64>
      <S N="ProviderName">Microsoft-Windows-Sysmon</S>
      <G N="ProviderId">5770385f-c22a-43e0-bf4c-06f5698ffbd9</G>
      <S N="LogName">Microsoft-Windows-Sysmon/Operational</S>
      <I32 N="ProcessId">1960</I32>
      <I32 N="ThreadId">6640</I32>
      <S N="MachineName">elfuresearch</S>
      <Obj N="UserId" RefId="1801">
        <TN RefId="1801">
          <T>System.Security.Principal.SecurityIdentifier</T>
          <T>System.Object</T>
        </TN>
        <ToString>S-1-5-18</ToString>
        <Props>
          <I32 N="BinaryLength">12</I32>
          <Nil N="AccountDomainSid" />
          <S N="Value">S-1-5-18</S>
        </Props>
      </Obj>
      <DT N="TimeCreated">2019-11-07T09:59:56.5265735-08:00</DT>
      <Nil N="ActivityId" />
      <Obj N="Properties" RefId="1805">
        <TN RefId="1805">
          <T>System.Collections.Generic.List\`1[[System.Diagnostics.Eventing.Reader.EventProperty]]</T>
          <T>System.Object</T>
        </TN>
        <LST>
          <Obj RefId="1807">
            <TNRef RefId="1806" />
            <ToString>System.Diagnostics.Eventing.Reader.EventProperty</ToString>
            <Props>
              <S N="Value">2019-11-07 17:59:56.525</S>
            </Props>
          </Obj>
        </LST>
      </Obj>
    </Props>
    <MS>
      <S N="Message">Process Create:_x000D__x000A_RuleName: _x000D__x000A_UtcTime: 2019-11-07 17:59:56.525_x000D__x000A_ProcessGuid: {BA5C6BBB-5B9C-5DC4-0000-00107660A900}_x000D__x000A_ProcessId: 3664</S>
    </MS>
  </Obj>
</Objs>`;

describe('Get-WinEvent | Export-Clixml', () => {
  it('of Windows PowerShell, as it was published', async () => {
    const bytes = Buffer.from(`\ufeff${SAMPLE}`, 'utf16le');
    expect((await readEvidence(fromBuffer(bytes), {})).form).toBe('clixml');
    const { records, problems } = await read(bytes);
    expect(problems).toEqual([]);
    expect(records).toMatchObject([
      {
        form: 'get-winevent-clixml',
        timeTicks: 15_731_495_965_265_735n,
        place: { offset: 2 + SAMPLE.indexOf('<Obj ') * 2, line: 2 },
        system: {
          eventId: 1,
          keywords: '0x8000000000000000',
          recordId: '2422',
          providerGuid: '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}',
          computer: 'elfuresearch',
          userId: 'S-1-5-18',
          qualifiers: null,
        },
        data: [
          ['RuleName', ''],
          ['UtcTime', '2019-11-07 17:59:56.525'],
          ['ProcessGuid', '{BA5C6BBB-5B9C-5DC4-0000-00107660A900}'],
          ['ProcessId', '3664'],
        ],
      },
    ]);
  });

  it('has every value as the event has, to the last digit and in any zone', async () => {
    const record = scriptBlock('line 1\r\n\tline 2 _x000A_ <&> "é" \u0000\u001b \ud83d\ude00 \ud800');
    for (const offset of ['+00:00', '-08:00', '+05:30']) {
      for (const form of ['8', 'le', 'be'] as const) {
        const { records, problems } = await read(encoded(`\ufeff${clixml([record], offset)}`, form));
        expect(problems).toEqual([]);
        expect(records[0]).toMatchObject({ timeTicks: record.timeTicks, system: record.system });
        expect(records[0]?.data).toEqual(record.data);
      }
    }
  });

  it('chosen with Select-Object has its properties beside its message', async () => {
    const text = clixml([scriptBlock('x')])
      .replace('    </Props>\r\n    <MS>\r\n', '')
      .replace('    <Props>\r\n      <I32 N="Id"', '    <MS>\r\n      <I32 N="Id"');
    expect(scripts(await read(text))).toEqual(['x']);
  });

  it('of which the values were left out, by its message', async () => {
    const flat = clixml([scriptBlock('a\r\nb')]).replace(
      /<Obj RefId="\d+">\s+<TNRef RefId="3" \/>[\s\S]*?<\/Obj>/g,
      '<S>System.Diagnostics.Eventing.Reader.EventProperty</S>',
    );
    expect(flat).not.toContain('N="Value">a');
    expect(scripts(await read(flat))).toEqual(['a\r\nb']);
  });

  it('a reference to what stands in the same object is followed, one to the outside has no value', async () => {
    const text = clixml([scriptBlock('x')]);
    const machine = '<S N="MachineName">win10-02.offsec.lan</S>';
    const user = /<Obj N="UserId" RefId="(\d+)">/.exec(text)?.[1];
    const inside = await read(
      text.replace('<Nil N="RelatedActivityId" />', `<Ref N="RelatedActivityId" RefId="${user}" />`),
    );
    expect(inside.records[0]?.system.relatedActivityId).toBe('S-1-5-18');
    const outside = await read(text.replace(machine, '<Ref N="MachineName" RefId="4711" />'));
    expect(outside.records[0]?.system.computer).toBeNull();
  });

  it('takes a time without a zone for one of the zone given, and says so', async () => {
    const text = clixml([scriptBlock('x')]).replace('.1254367+00:00<', '.1254367<');
    const { records, problems } = await read(text, { timeZone: 'Europe/Berlin' });
    expect(records[0]?.system.systemTime).toBe('2024-03-05T08:14:02.1254367Z');
    expect(problems).toMatchObject([{ code: 'time-zone', isLoss: false }]);
  });

  it('of objects that are no events is refused, with what to do', async () => {
    const processes = SAMPLE.replaceAll('Eventing.Reader.EventLogRecord', 'Process');
    await expect(readEvidence(fromBuffer(Buffer.from(processes)), {})).rejects.toThrow(/Get-WinEvent -Path/);
  });
});

describe('damage', () => {
  const three = ['1', '2', '3'].map((text) => scriptBlock(text, text));
  const text = clixml(three);
  const second = text.indexOf('  <Obj RefId', text.indexOf('</MS>'));

  it('costs the event that it is in, with its place', async () => {
    const cases: [string, string][] = [
      ['lost end tag', text.replace('  </Obj>\r\n  <Obj', '\r\n  <Obj')],
      ['lost inner end tag', text.replace('</LST>', '')],
      ['broken start tag', text.replace('<S N="ProviderName">', '<S N="Provider<Name">')],
      ['wrong end tag', text.replace('</S>', '</T>')],
      ['a declaration', text.replace('<Props>', '<!ENTITY x "y"><Props>')],
    ];
    for (const [name, damaged] of cases) {
      const reading = await read(damaged);
      expect([name, scripts(reading)]).toEqual([name, ['2', '3']]);
      expect(told(reading)).toEqual([
        { code: 'xml-syntax', offset: text.indexOf('<Obj '), line: 2, isLoss: true },
      ]);
    }
  });

  it('at the end costs the last event', async () => {
    const reading = await read(text.slice(0, -40));
    expect(scripts(reading)).toEqual(['1', '2']);
    expect(told(reading)).toMatchObject([{ code: 'xml-syntax', isLoss: true }]);
    expect(scripts(await read(text.slice(second + 30)))).toEqual(['3']);
  });

  it('an object that is no event, too deep, or too rich in values is left out', async () => {
    const deep = `<Obj RefId="1">${'<Props><Obj N="a">'.repeat(80)}${'</Obj></Props>'.repeat(80)}</Obj>`;
    const rich = `<Obj RefId="1"><LST>${'<S/>'.repeat(60_000)}</LST></Obj>`;
    for (const other of ['<Obj RefId="1"><S>x</S></Obj>', '<Obj RefId="1" />', deep, rich]) {
      const reading = await read(text.replace('</Objs>', `${other}</Objs>`));
      expect(scripts(reading)).toEqual(['1', '2', '3']);
      expect(told(reading)).toMatchObject([{ code: 'xml-syntax', isLoss: true }]);
    }
  });

  it('an event that is too long is passed without holding it', async () => {
    const long = clixml([scriptBlock('a', '1'), scriptBlock('x'.repeat(50_000), '2'), scriptBlock('b', '3')]);
    const small = { readBytes: 1024, blockBytes: 2048, recordMaxBytes: 20_000 };
    const reading = await read(long, {}, small);
    expect(scripts(reading)).toEqual(['a', 'b']);
    expect(told(reading)).toMatchObject([{ code: 'record-too-long', isLoss: true }]);
  });

  it('hostile tags cost time in the length of the text', async () => {
    for (const part of ['<Obj ', 'Obj>', '<Obj RefId="1">', '</Obj>', '<Obj/>', 'Obj ']) {
      const { blocks } = await read(part.repeat(200_000));
      expect(blocks.reduce((sum, block) => sum + block.lengthBytes, 0)).toBe(part.length * 200_000);
    }
  });

  it('200 mutants: never fails, covers all bytes, and hardly an untouched event is lost', async () => {
    const records = Array.from({ length: 8 }, (_, index) => scriptBlock(`Write-Host ${index}`, `${index}`));
    const original = Buffer.from(clixml(records));
    let lost = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(original.length - 1),
        fc.nat(40),
        fc.uint8Array({ maxLength: 30 }),
        async (from, removed, bytes) => {
          const mutant = Buffer.concat([
            original.subarray(0, from),
            bytes,
            original.subarray(from + removed),
          ]);
          const { records: found, blocks } = await read(mutant);
          expect(blocks.reduce((sum, block) => sum + block.lengthBytes, 0)).toBe(mutant.length);
          const intact = new Set(found.map(({ data }) => data[2]?.[1]));
          lost += records.filter(({ data }) => !intact.has(data[2]?.[1])).length;
        },
      ),
      { numRuns: 200, seed: 20_240_305 },
    );
    // One event is hit, or two where their border is.
    expect(lost).toBeLessThan(250);
  });
});

describe('escapes', () => {
  it('are undone as they were made', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeText(text)
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&amp;', '&');
        expect(decodeEscapes(escaped)).toBe(text);
      }),
      { numRuns: 500 },
    );
    expect(decodeEscapes('_x005F_x000A_ _x41_ _xZZZZ_')).toBe('_x000A_ _x41_ _xZZZZ_');
  });
});

describe('blocks', () => {
  const part = fc.constantFrom(
    ...['a', 'b\r\nc', 'x'.repeat(900)].map((text) =>
      clixml([scriptBlock(text)]).replace(/^<Objs[^>]*>|<\/Objs>$/g, ''),
    ),
    '</Obj>\r\n',
    '<Ref RefId="1" />\r\n',
    '  <Obj RefId="9">\r\n',
    'junk \u00e9',
    '<Objs>\n',
  );
  const limits = fc.record({
    readBytes: fc.integer({ min: 64, max: 3000 }).map((bytes) => bytes & ~1),
    blockBytes: fc.integer({ min: 100, max: 9000 }).map((bytes) => bytes & ~1),
    recordMaxBytes: fc.constantFrom(400, 1_000_000),
  });

  it('hold the same records wherever reads end, cover all bytes, and can be begun at', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 12 }),
        limits,
        fc.constantFrom('8' as const, 'le' as const, 'be' as const),
        async (parts, small, form) => {
          const bytes = encoded(`${form === '8' ? '' : '\ufeff'}<Objs>${parts.join('')}</Objs>`, form);
          const reading = await read(bytes, {}, small);
          const isWhole = small.recordMaxBytes > 400;
          if (isWhole) {
            const otherwise = await read(bytes, {}, { ...small, readBytes: 4096 });
            expect(whole(reading.records)).toEqual(whole(otherwise.records));
            expect(reading.problems).toEqual(otherwise.problems);
          }
          let next = 0;
          for (const block of reading.blocks) {
            expect(block.offset).toBe(next);
            next += block.lengthBytes;
          }
          expect(next).toBe(bytes.length);
          for (const { index, offset } of reading.blocks) {
            const rest = await read(bytes, { startOffset: offset, startIndex: index }, small);
            expect(rest.blocks.reduce((sum, block) => sum + block.lengthBytes, offset)).toBe(bytes.length);
            if (!isWhole) continue;
            const expected = reading.blocks.slice(index);
            expect(whole(rest.records)).toEqual(whole(expected.flatMap((block) => block.records)));
            expect(rest.problems).toEqual(expected.flatMap((block) => block.problems));
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('needles', () => {
  it('leave out only events without any of them, which count as when read', async () => {
    const needles = ['win32_scheduledjob', '\\currentversion\\schedule'];
    const texts = ['WIN32_ScheduledJob', 'x', 'HKLM\\CurrentVersion\\Schedule', 'a\r\nb'];
    const text = clixml(texts.map((one, index) => scriptBlock(one, `${index}`)));
    const hidden = text.replace('WIN32_Sch', 'W_x0049_N32_x005F_Sch');
    for (const one of [text, hidden]) {
      const small = { ...TEXT_LIMITS, blockBytes: 3000 };
      const all = await read(one, {}, small);
      const some = await read(one, { needles }, small);
      expect(scripts(some)).toEqual([texts[0], texts[2]]);
      expect(some.blocks.map((block) => [block.recordCount, censusOf(block)])).toEqual(
        all.blocks.map((block) => [block.recordCount, censusOf(block)]),
      );
    }
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvidenceRecord, ReadOptions } from '#lib/evidence/record.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { TEXT_LIMITS } from './limits.ts';
import { readText } from './reader.ts';
import { censusOf, encoded, gather, type Reading, whole } from './testing/read-blocks.ts';

const read = (text: string | Buffer, options: ReadOptions = {}, limits = TEXT_LIMITS): Promise<Reading> =>
  gather(readText(fromBuffer(typeof text === 'string' ? Buffer.from(text) : text), options, limits));

const script = (text: string, record = 1): string =>
  `12/09/2020 06:41:32 PM
LogName=Microsoft-Windows-PowerShell/Operational
SourceName=Microsoft-Windows-PowerShell
EventCode=4104
EventType=5
Type=Verbose
ComputerName=ws-1.offsec.lan
User=NOT_TRANSLATED
Sid=S-1-5-21-1-2-3-500
SidType=0
TaskCategory=Execute a Remote Command
OpCode=On create calls
RecordNumber=${record}
Keywords=None
Message=Creating Scriptblock text (1 of 1):
${text}

ScriptBlock ID: e3013ff9-7017-47b3-9150-dda5a8860adb
Path: C:\\x.ps1
`;
const dataOf = (record: EvidenceRecord | undefined, name: string) =>
  record?.data.find(([own]) => own === name)?.[1];
const scripts = ({ records }: Reading) => records.map((record) => dataOf(record, 'ScriptBlockText'));

describe('an event', () => {
  it('has the System values that the text tells', async () => {
    const [record] = (await read(script('x'))).records;
    expect(record).toMatchObject({
      form: 'splunk-text',
      place: { offset: 0, line: 1 },
      system: {
        providerName: 'Microsoft-Windows-PowerShell',
        eventId: 4104,
        level: '5',
        opcode: '15',
        systemTime: '2020-12-09T18:41:32.0000000Z',
        recordId: '1',
        channel: 'Microsoft-Windows-PowerShell/Operational',
        computer: 'ws-1.offsec.lan',
        userId: 'S-1-5-21-1-2-3-500',
      },
    });
    expect(Object.fromEntries(record?.data ?? [])).toEqual({
      MessageNumber: '1',
      MessageTotal: '1',
      ScriptBlockText: 'x',
      ScriptBlockId: 'e3013ff9-7017-47b3-9150-dda5a8860adb',
      Path: 'C:\\x.ps1',
    });
  });

  it.each([
    ['empty lines', 'a\n\n\n\nb\n'],
    ['lines of key=value', 'a\nLogName=Security\nEventCode=1\nMessage=no'],
    ['a time on a line of its own', 'a\n12/09/2020 06:41:33 PM\n\nb=1\n'],
    ['labels of a message', 'a\n\nScriptBlock ID: no\nPath: no\n\nb'],
    ['nothing', ''],
  ])('keeps a script with %s, and does not end in it', async (_, text) => {
    for (const form of ['8', 'le', 'be'] as const) {
      const reading = await read(encoded(`\ufeff${script(text)}${script('next', 2)}`, form));
      expect(scripts(reading)).toEqual([text, 'next']);
      expect(reading.problems.filter(({ isLoss }) => isLoss)).toEqual([]);
    }
  });

  it('of a new process has the names of the XML, a multi-line task its whole XML', async () => {
    const head = (id: number) =>
      `03/05/2024 09:14:02 AM\nLogName=Security\nSourceName=Microsoft Windows security auditing.\nEventCode=${id}\nEventType=0\nComputerName=ws-1\nRecordNumber=7\nKeywords=Audit Failure\nMessage=`;
    const subject = (title: string) =>
      `${title}:\n\tSecurity ID:\t\tS-1-5-18\n\tAccount Name:\t\tWS-1$\n\tAccount Domain:\t\tOFFSEC\n\tLogon ID:\t\t0x3E7\n\n`;
    const created = `${head(4688)}A new process has been created.\n\n${subject('Creator Subject')}${subject('Target Subject').replace('WS-1$', 'jo')}Process Information:\n\tNew Process ID:\t\t0x1A4\n\tNew Process Name:\tC:\\Windows\\System32\\at.exe\n\tToken Elevation Type:\tTokenElevationTypeDefault (1)\n\tCreator Process ID:\t0x2B\n\tCreator Process Name:\tC:\\cmd.exe\n\tProcess Command Line:\tat \\\\srv 09:00 cmd /c "a: b"\n\nToken Elevation Type indicates the type of token.\n\nType 1 is a full token.\n`;
    const task = '<?xml version="1.0"?>\n<Task>\n\n  <Exec: x>\n</Task>';
    const scheduled = `${head(4698)}A scheduled task was created.\n\n${subject('Subject')}Task Information:\n\tTask Name: \t\t\\x\n\tTask Content: \t\t${task}\n\nOther Information:\n\tProcess ID:\t\t0x5\n`;
    const [one, two] = (await read(`${created}${scheduled}`)).records;
    expect(one?.system).toMatchObject({
      providerName: 'Microsoft-Windows-Security-Auditing',
      keywords: '0x8010000000000000',
      level: '0',
      userId: null,
    });
    expect(Object.fromEntries(one?.data ?? [])).toEqual({
      SubjectUserSid: 'S-1-5-18',
      SubjectUserName: 'WS-1$',
      SubjectDomainName: 'OFFSEC',
      SubjectLogonId: '0x3e7',
      TargetUserSid: 'S-1-5-18',
      TargetUserName: 'jo',
      TargetDomainName: 'OFFSEC',
      TargetLogonId: '0x3e7',
      NewProcessId: '0x1a4',
      NewProcessName: 'C:\\Windows\\System32\\at.exe',
      TokenElevationType: '%%1936',
      ProcessId: '0x2b',
      ParentProcessName: 'C:\\cmd.exe',
      CommandLine: 'at \\\\srv 09:00 cmd /c "a: b"',
    });
    expect(Object.fromEntries(two?.data ?? [])).toMatchObject({
      TaskName: '\\x',
      TaskContent: task,
      ProcessId: '0x5',
    });
  });

  it('with another message has that', async () => {
    const text = '03/05/2024 09:14:02 AM\nLogName=Application\nEventCode=1\nMessage=It\nis: so.\n';
    expect((await read(text)).records[0]?.data).toEqual([['Message', 'It\nis: so.']]);
  });

  it('is of the zone given; that its time has none is told once', async () => {
    const text = script('a').repeat(20);
    const small = { ...TEXT_LIMITS, blockBytes: 1000 };
    for (const [timeZone, time, name] of [
      [undefined, '2020-12-09T18:41:32.0000000Z', 'UTC'],
      ['America/New_York', '2020-12-09T23:41:32.0000000Z', 'America/New_York'],
    ] as const) {
      for (const needles of [undefined, ['none of these']]) {
        const { problems } = await read(text, { timeZone, needles }, small);
        expect(problems).toMatchObject([
          { code: 'time-zone', isLoss: false, message: `Times without a zone were read as ${name}.` },
        ]);
      }
      expect((await read(text, { timeZone })).records[3]?.system.systemTime).toBe(time);
    }
  });
});

describe('damage', () => {
  const told = ({ problems }: Reading) =>
    problems
      .filter(({ code }) => code !== 'time-zone')
      .map(({ code, place, isLoss }) => ({ code, ...place, isLoss }));

  it('before the first event, and an event without log and number, are told with their places', async () => {
    const lost = 'ScriptBlock ID: x\nPath: ü\n';
    const empty = '12/09/2020 06:41:32 PM\nSidType=0\nMessage=x\n';
    const reading = await read(`${lost}${script('a')}${empty}${script('b', 2)}`);
    expect(scripts(reading)).toEqual(['a', 'b']);
    const offset = Buffer.byteLength(lost + script('a'));
    expect(told(reading)).toEqual([
      { code: 'text-syntax', offset: 0, line: 1, isLoss: true },
      { code: 'text-syntax', offset, line: 22, isLoss: true },
    ]);
  });

  it('of bytes that are no UTF-8: they are Latin-1, told once a block', async () => {
    const latin = script('€ü').replace('€', '\x80');
    const reading = await read(Buffer.from(`${script('a')}${latin}${latin}`, 'latin1'));
    expect(scripts(reading)).toEqual(['a', '€ü', '€ü']);
    expect(told(reading)).toEqual([
      { code: 'encoding', offset: script('a').length, line: 20, isLoss: false },
    ]);
  });

  it('of an event beyond the limit costs that event alone', async () => {
    const small = { readBytes: 512, blockBytes: 2048, recordMaxBytes: 4096 };
    for (const size of [4096, 50_000]) {
      const long = script('y\n'.repeat(size / 2));
      const reading = await read(`${script('a')}${long}${script('b')}`, {}, small);
      expect(scripts(reading)).toEqual(['a', 'b']);
      expect(reading.problems.filter(({ isLoss }) => isLoss)).toMatchObject([
        { code: 'record-too-long', skippedBytes: long.length },
      ]);
    }
    const endless = await read(`${script('a')}${script('y'.repeat(100_000))}`, {}, small);
    expect(scripts(endless)).toEqual(['a']);
  });

  it('never fails, and of any change leaves the events that it does not touch', async () => {
    const events = Array.from({ length: 8 }, (_, index) => script(`text ${index}\n\nk=v`, index));
    const bytes = Buffer.from(events.join(''));
    const length = events[0]?.length ?? 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length),
        fc.nat(300),
        fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.constant(Buffer.from('\n'))),
        async (from, count, put) => {
          const to = Math.min(from + count, bytes.length);
          const found = scripts(
            await read(Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(to)])),
          );
          for (let index = 0; index < events.length; index++) {
            const [start, end] = [index * length, (index + 1) * length];
            // Of an event without its first line the one before takes the rest.
            if (end + length < from || start > to) expect(found).toContain(`text ${index}\n\nk=v`);
          }
        },
      ),
      { numRuns: 300, seed: 4 },
    );
  });
});

describe('blocks', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }).map((text) => script(text)),
    fc.constantFrom(
      '\n',
      'junk',
      '12/09/2020 06:41:32 PM\n',
      'LogName=x\n',
      '\ufeff',
      '\r\n',
      'x'.repeat(300),
      '\0\0',
    ),
    fc.constant(script('a').replaceAll('\n', '\r\n')),
  );
  const limits = fc.record({
    readBytes: fc.integer({ min: 2, max: 900 }).map((count) => count & ~1),
    blockBytes: fc.integer({ min: 1, max: 600 }).map((count) => count * 2),
    recordMaxBytes: fc.constantFrom(600, 1 << 20),
  });

  it('hold the same records wherever reads end, cover all bytes, and can be begun at', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { minLength: 1, maxLength: 8 }),
        limits,
        fc.constantFrom('8' as const, 'le' as const, 'be' as const),
        async (parts, small, form) => {
          const bytes = encoded(`${form === '8' ? '' : '\ufeff'}${parts.join('')}`, form);
          const reading = await read(bytes, {}, small);
          const otherwise = await read(bytes, {}, { ...small, readBytes: 4096 });
          expect(whole(reading.records)).toEqual(whole(otherwise.records));
          expect(reading.problems).toEqual(otherwise.problems);
          let next = 0;
          for (const block of reading.blocks) {
            expect(block.offset).toBe(next);
            next += block.lengthBytes;
          }
          expect(next).toBe(bytes.length);
          for (const { index, offset } of reading.blocks) {
            const rest = await read(bytes, { startOffset: offset, startIndex: index }, small);
            const expected = reading.blocks.slice(index);
            const summary = (blocks: Reading['blocks']) =>
              blocks.map((block) => [block.index, block.offset, block.lengthBytes, block.problems]);
            expect(summary(rest.blocks)).toEqual(summary(expected));
            expect(whole(rest.records)).toEqual(whole(expected.flatMap((block) => block.records)));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('can be left', async () => {
    await expect(read(script('a'), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
  });
});

describe('needles', () => {
  it('leave out only events without any of them, which count as when read', async () => {
    const needle = 'win32_scheduledjob';
    const path = '\\currentversion\\schedule';
    const texts = fc.constantFrom(
      'WIN32_ScheduledJob',
      'x',
      'HKLM\\CurrentVersion\\Schedule',
      'win32_sched\nuledjob',
      'ü',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(texts, { minLength: 1, maxLength: 10 }),
        fc.constantFrom('8' as const, 'be' as const),
        async (parts, form) => {
          const bytes = encoded(`\ufeff${parts.map((text, index) => script(text, index)).join('')}`, form);
          const small = { ...TEXT_LIMITS, blockBytes: 1500 };
          const all = await read(bytes, {}, small);
          const some = await read(bytes, { needles: [needle, path] }, small);
          const isWanted = (record: EvidenceRecord) =>
            [needle, path].some((literal) =>
              dataOf(record, 'ScriptBlockText')?.toLowerCase().includes(literal),
            );
          expect(whole(some.records)).toEqual(whole(all.records.filter(isWanted)));
          expect(some.blocks.map((block) => [block.recordCount, censusOf(block), block.problems])).toEqual(
            all.blocks.map((block) => [block.recordCount, censusOf(block), block.problems]),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('find a provider under the name that Windows shows, and a command line under its label', async () => {
    const text = `03/05/2024 09:14:02 AM\nLogName=Security\nSourceName=Microsoft Windows security auditing.\nEventCode=4688\nMessage=x\n\tProcess Command Line:\ty\n`;
    for (const needle of ['microsoft-windows-security', 'commandline']) {
      expect((await read(text, { needles: [needle] })).records).toHaveLength(1);
    }
    expect((await read(text, { needles: ['microsoft-windows-sysmon'] })).records).toHaveLength(0);
  });
});

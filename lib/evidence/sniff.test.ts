import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvidenceRefused, readEvidence } from './read.ts';
import { SNIFF_BYTES, sniff } from './sniff.ts';
import { fromBuffer } from './source.ts';

const EVENT = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System/></Event>";
const EVTX = new URL('../../e2e/evidence/sysmon-enableat.evtx', import.meta.url);

const look = (content: string | Buffer, sizeBytes?: number) => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return sniff(bytes.subarray(0, SNIFF_BYTES), sizeBytes ?? bytes.length);
};
const binary = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

describe('evidence is known by its content', () => {
  it('an EVTX, also when its header is destroyed', () => {
    const bytes = readFileSync(EVTX);
    expect(look(bytes)).toEqual({ kind: 'evidence', form: 'evtx' });
    expect(look(Buffer.concat([Buffer.alloc(4096), bytes.subarray(4096)]))).toEqual({
      kind: 'evidence',
      form: 'evtx',
    });
  });

  it.each([
    ['one event', EVENT],
    ['a declaration and a root', `<?xml version="1.0"?>\n<!-- x -->\n<Events>${EVENT}</Events>`],
    ['an empty root', '<Events></Events>'],
    ['a byte order mark', `\ufeff${EVENT}`],
    ['a namespace prefix', '<e:Event xmlns:e="x"/>'],
    ['a lost beginning', `</System></Event>\n${EVENT}`],
    ['UTF-16', utf16(EVENT)],
    ['UTF-16 big-endian', utf16(EVENT).swap16()],
    ['UTF-16 without a mark', utf16(EVENT).subarray(2)],
  ])('event XML with %s', (_, content) => {
    expect(look(content)).toEqual({ kind: 'evidence', form: 'xml' });
  });
});

describe('JSON is known by its first object', () => {
  it.each([
    ['an object a line', '{"Event":{"System":{"EventID":4104}}}\n'],
    ['a list, also of events in XML', JSON.stringify([{ _raw: EVENT }], null, 2)],
    ['an empty list', '[ ]\n'],
    ['a byte order mark', '\ufeff{"a":1}'],
    ['the banner of evtx_dump', 'Record 139\n{\n  "Event": {}\n}\n'],
    ['a lost beginning', 'x, y, z"}\n{"a":1}\n'],
    ['UTF-16', utf16('[{"a":1}]')],
    ['UTF-16 big-endian without a mark', utf16('{"a":1}').subarray(2).swap16()],
    ['alerts of other tools', '{"Timestamp":"2020-05-01","RuleTitle":"x","Details":"y"}'],
  ])('%s', (_, content) => {
    expect(look(content)).toEqual({ kind: 'evidence', form: 'json' });
  });
});

const CLASSIC = '12/09/2020 06:41:32 PM\nLogName=Security\nEventCode=4688\nMessage=x\n';

describe('classic text of Windows events is known by an event', () => {
  it.each([
    ['alone', CLASSIC],
    ['with carriage returns', CLASSIC.replaceAll('\n', '\r\n')],
    ['after a lost beginning', `ScriptBlock ID: x\n{"a":1}\n${CLASSIC}`],
    ['after a byte order mark', `\ufeff${CLASSIC}`],
    ['in UTF-16', utf16(CLASSIC)],
    ['in UTF-16 big-endian without a mark', utf16(CLASSIC).subarray(2).swap16()],
  ])('%s', (_, content) => {
    expect(look(content)).toEqual({ kind: 'evidence', form: 'text' });
  });
});

describe('a table is known by its header and a row', () => {
  const table = 'Id,ProviderName,LogName\r\n4104,PowerShell,x\r\n';
  it.each([
    ['of any columns', table],
    ['with semicolons', table.replaceAll(',', ';')],
    ['with tabs', table.replaceAll(',', '\t')],
    ['of PowerShell 5.1', `#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n${table}`],
    ['for Excel', `sep=,\r\n${table}`],
    ['with a broken first row', `${table.replace('4104,', '')}4104,PowerShell,y\r\n`],
    ['of Splunk, with XML', `"_raw","host","source"\n"${EVENT}","h","s"\n`],
    ['of Splunk, of one column', `"_raw"\n"${EVENT}"\n`],
    ['of Splunk, with classic text and JSON in it', `_raw,_time\n"${CLASSIC}{""a"":1}\n",1\n`],
    ['in UTF-16', utf16(table)],
    ['whose first row does not fit into its beginning', `a,b,c\n"${'x'.repeat(2 * SNIFF_BYTES)}",y,z\n`],
    ['of a million columns', `${Array.from({ length: 1_000_000 }, (_, index) => `c${index}`).join(',')}\n`],
  ])('%s', (_, content) => {
    expect(look(content)).toEqual({ kind: 'evidence', form: 'csv' });
  });
});

describe('what is no evidence gets one sentence that says what it is and what to do', () => {
  it.each([
    ['an empty file', '', /Export the log again/],
    [
      'a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n',
      /git lfs pull/,
    ],
    ['a PDF document', '%PDF-1.7\n', /EVTX/],
    ['a ZIP archive', binary('PK\x03\x04'), /Unpack/],
    ['a gzip file', binary('\x1f\x8b\x08'), /Unpack/],
    ['a 7z archive', binary('7z\xbc\xaf\x27\x1c'), /Unpack/],
    ['an xz file', binary('\xfd7zXZ\0'), /Unpack/],
    ['a bzip2 file', 'BZh91AY', /Unpack/],
    ['a zstd file', binary('\x28\xb5\x2f\xfd'), /Unpack/],
    ['a RAR archive', 'Rar!\x1a', /Unpack/],
    ['a tar archive', `${'x'.repeat(257)}ustar`, /Unpack/],
    ['a cabinet archive', 'MSCF', /Unpack/],
    ['an old Office document', binary('\xd0\xcf\x11\xe0'), /EVTX/],
    ['a PNG picture', binary('\x89PNG'), /EVTX/],
    ['a JPEG picture', binary('\xff\xd8\xff\xe0'), /EVTX/],
    ['a Linux program', '\x7fELF', /EVTX/],
    ['a Windows program', 'MZ\x90', /EVTX/],
    ['a log file of a registry hive', 'regf', /the hive itself/],
    ['an SQLite database', 'SQLite format 3\0', /EVTX/],
    ['an event log of Windows XP or 2003 (EVT)', binary('\x30\0\0\0LfLe'), /wevtutil epl/],
    ['a web page', '<!DOCTYPE html><html></html>', /EVTX/],
    ['a web page', `<html><pre>${EVENT}</pre></html>`, /EVTX/],
    ['XML with the root element nmaprun', '<?xml version="1.0"?><!DOCTYPE nmaprun><nmaprun/>', /EVTX/],
    ['text without Windows events', '[2024-03-05 09:14:02] started', /EVTX/],
    ['text without Windows events', '{\\rtf1 x}', /EVTX/],
    ['text without Windows events', '[1, 2]', /EVTX/],
    ['a table without rows', 'Id,ProviderName,LogName\r\n', /header/],
    ['or without the names of its columns', '4104,PowerShell,x\r\n4104,PowerShell,y\r\n', /header/],
    ['or without the names of its columns', 'Well, so it goes, here\nand on.\n', /header/],
    ['text without Windows events', 'name,number\nx,1\n', /EVTX/],
    ['text without Windows events', '12/09/2020 06:41:32 PM\nhello\n', /EVTX/],
    ['text without Windows events', 'Dear diary,\nnothing happened.', /EVTX/],
    ['text without Windows events', utf16('Dear diary'), /EVTX/],
    ['text in one very long line', 'a'.repeat(SNIFF_BYTES * 2), /EVTX/],
    ['a binary file of an unknown kind', Buffer.alloc(4096), /EVTX/],
  ])('%s', (what, content, advice) => {
    const sniffed = look(content);
    if (sniffed.kind !== 'refused') throw new Error('this was taken for evidence');
    expect(sniffed.what).toContain(what);
    expect(sniffed.message).toMatch(advice);
    expect(sniffed.message.startsWith(`This is ${sniffed.what}`)).toBe(true);
    expect(sniffed.message).not.toMatch(/[\p{Cc}\p{Cs}]/u);
  });

  it('whatever the bytes are, and without text of the file in it that is not printable', () => {
    const markup = fc
      .array(fc.oneof(fc.constantFrom('<', '<!--', '-->', '<?', '?>', '<!', '\u001b[31m', 'Event', ' ')))
      .map((parts) => Buffer.from(parts.join('')));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), markup), (bytes) => {
        const sniffed = sniff(bytes, bytes.length);
        if (sniffed.kind === 'refused') expect(sniffed.message).toMatch(/^This is [^\p{Cc}]+\.$/u);
      }),
      { numRuns: 1000 },
    );
  });
});

it('refused bytes are an error with the same words', async () => {
  const refused = readEvidence(fromBuffer(Buffer.from('%PDF-1.7')), {});
  await expect(refused).rejects.toThrow(EvidenceRefused);
  await expect(refused).rejects.toMatchObject({
    what: 'a PDF document',
    message: /^This is a PDF document\. /,
  });
});

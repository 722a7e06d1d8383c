/** Files made to take all time or all memory. Large ones are never whole anywhere: their bytes are made as they are read. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makeZip } from '#lib/evidence/archive/testing.ts';
import { ChunkBuilder, evtxFile } from '#lib/evidence/evtx/testing/chunk-builder.ts';
import { softwareHive } from '#lib/evidence/hive/testing/write-hive.ts';
import type { ByteSource } from '#lib/evidence/record.ts';
import { fromBuffer } from '#lib/evidence/source.ts';

const REAL_LOG = fileURLToPath(new URL('../../../e2e/evidence/sysmon-enableat.evtx', import.meta.url));
const CHUNK_AT = 4_096;
const RECORD_MARK = Buffer.from([0x2a, 0x2a, 0, 0]);
/** Record header, fragment header, header of the template instance. */
const DEFINITION_IN_RECORD = 24 + 4 + 10;

const EVENT = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>";
const SYSTEM = '<System><EventID>1</EventID><Channel>c</Channel><Computer>h</Computer></System>';
const CLASSIC = '03/05/2024 09:14:02 AM\nLogName=Security\nEventCode=1\nComputerName=h\nMessage=';
const REG = 'Windows Registry Editor Version 5.00\r\n\r\n';

/** @param lineBytes length of the lines that are too long */
export const HOSTILE_FILES: Readonly<
  Record<string, (lineBytes: number) => ByteSource | Promise<ByteSource>>
> = {
  'a zip that unpacks to a thousand times its size': async () =>
    fromBuffer(await makeZip([{ path: 'zeros', bytes: Buffer.alloc(400_000_000) }])),
  'XML whose entities unfold to a billion': () => {
    const levels = Array.from({ length: 30 }, (_, at) => `<!ENTITY a${at + 1} "${`&a${at};`.repeat(10)}">`);
    const event = `${EVENT}${SYSTEM}<EventData><Data Name='a'>&a30;</Data></EventData></Event>`;
    return text(
      `<?xml version="1.0"?><!DOCTYPE Events [<!ENTITY a0 "x">${levels.join('')}]><Events>${event}</Events>`,
    );
  },
  'XML nested 100,000 deep': () =>
    text(`${EVENT}${SYSTEM}<UserData>${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}</UserData></Event>`),
  'JSON nested 100,000 deep': () =>
    text(`{"a":1}\n${'{"a":['.repeat(50_000)}${']}'.repeat(50_000)}\n{"a":2}\n`),
  'a table of a million columns': () => {
    const names = Array.from({ length: 1_000_000 }, (_, index) => `c${index}`);
    return text(`${names.join(',')}\n${names.map(() => 'x').join(',')}\n`);
  },
  'an event log whose template holds itself': () => {
    const chunk = new ChunkBuilder();
    chunk.event(() => {
      const definition = chunk.records[0] ?? 0;
      chunk.element('EventData', () => chunk.instanceOf(definition + DEFINITION_IN_RECORD, []));
    });
    return fromBuffer(evtxFile([chunk.finish()]));
  },
  'an event log whose records have no size': () => {
    const bytes = readFileSync(REAL_LOG);
    for (let at = bytes.indexOf(RECORD_MARK, CHUNK_AT); at >= 0; at = bytes.indexOf(RECORD_MARK, at + 4)) {
      bytes.writeUInt32LE(0, at + 4);
    }
    return fromBuffer(bytes);
  },
  'an event log whose header counts with zeros': () => {
    const bytes = readFileSync(REAL_LOG);
    bytes.fill(0, 32, 44);
    bytes.fill(0, CHUNK_AT + 40, CHUNK_AT + 52);
    return fromBuffer(bytes);
  },
  'a hive whose cells have no size': () => {
    const bytes = softwareHive();
    for (const mark of ['nk', 'vk', 'lh', 'lf']) {
      for (let at = bytes.indexOf(mark, CHUNK_AT); at >= 0; at = bytes.indexOf(mark, at + 2)) {
        bytes.writeInt32LE(0, at - 4);
      }
    }
    return fromBuffer(bytes);
  },
  'a hive whose bins have no size': () => {
    const bytes = softwareHive();
    bytes.writeUInt32LE(0, 40);
    bytes.writeUInt32LE(0, CHUNK_AT + 8);
    return fromBuffer(bytes);
  },
  'a long line of XML': (lineBytes) =>
    longLine(
      `${EVENT}${SYSTEM}</Event>\n${EVENT}${SYSTEM}<EventData><Data>`,
      lineBytes,
      `</Data></EventData></Event>\n${EVENT}${SYSTEM}</Event>\n`,
    ),
  'a long line of JSON': (lineBytes) => longLine('{"a":"1"}\n{"a":"', lineBytes, '"}\n{"a":"2"}\n'),
  'a long line of a table': (lineBytes) => longLine('a,b,c\n1,2,3\n4,"', lineBytes, '",6\n7,8,9\n'),
  'a long line of text': (lineBytes) => longLine(`${CLASSIC}1\n${CLASSIC}`, lineBytes, `\n${CLASSIC}2\n`),
  'a long line of a registry export': (lineBytes) =>
    longLine(
      `${REG}[HKEY_LOCAL_MACHINE\\SOFTWARE\\x]\r\n"a"="`,
      lineBytes,
      '"\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration]\r\n"EnableAt"=dword:1\r\n',
    ),
};

function text(content: string): ByteSource {
  return fromBuffer(Buffer.from(content));
}

function longLine(before: string, lineBytes: number, after: string): ByteSource {
  const [head, tail] = [Buffer.from(before), Buffer.from(after)];
  const tailAt = head.length + lineBytes;
  return {
    sizeBytes: tailAt + tail.length,
    read(target, targetOffset, length, offset) {
      const end = Math.min(offset + length, tailAt + tail.length);
      target.fill(0x79, targetOffset, targetOffset + Math.max(0, end - offset));
      if (offset < head.length) target.set(head.subarray(offset, end), targetOffset);
      if (end > tailAt) {
        const from = Math.max(offset, tailAt);
        target.set(tail.subarray(from - tailAt, end - tailAt), targetOffset + from - offset);
      }
      return Promise.resolve(Math.max(0, end - offset));
    },
  };
}

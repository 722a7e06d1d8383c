import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readEvtx } from '#lib/evidence/evtx/reader.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { openFile } from '#lib/evidence/source.ts';

/** Lines of so many bytes are made once and then repeated. */
const DISTINCT_BYTES = 32 * 1024 * 1024;

/** How a record is written by a tool, as one line. Key order and layout are those of the tools. */
export const TEXT_FORMS: Readonly<Record<'xml' | 'evtx_dump' | 'nxlog' | 'winlogbeat', LineWriter>> = {
  xml: renderEventXml,
  evtx_dump: evtxDumpLine,
  nxlog: nxlogLine,
  winlogbeat: winlogbeatLine,
};

type LineWriter = (record: EvidenceRecord) => string;

/** Makes one large text of the records of real EVTX files, repeated until it has the size. */
export async function makeText(
  files: readonly string[],
  target: string,
  sizeBytes: number,
  write: LineWriter,
): Promise<void> {
  const lines = await linesOf(files, write);
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  if (bytes.length === 0) throw new Error('no EVTX records to make a benchmark file of');
  const out = createWriteStream(target);
  for (let size = 0; size < sizeBytes; size += bytes.length) {
    if (!out.write(bytes)) await once(out, 'drain');
  }
  await new Promise<void>((resolve, reject) => {
    out.on('error', reject);
    out.end(resolve);
  });
}

async function linesOf(files: readonly string[], write: LineWriter): Promise<string[]> {
  const lines: string[] = [];
  let size = 0;
  for (const file of files) {
    const source = await openFile(file);
    try {
      for await (const { records } of readEvtx(source)) {
        for (const record of records) {
          const line = write(record);
          lines.push(line);
          size += line.length;
        }
        if (size > DISTINCT_BYTES) return lines;
      }
    } finally {
      await source.close();
    }
  }
  return lines;
}

const attributes = (values: Record<string, string | null>) => ({
  '#attributes': Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)),
});
const number = (text: string | null) => (text === null ? null : Number(text));
const bareGuid = (guid: string | null) => guid?.replace(/[{}]/g, '') ?? null;

/** As evtx_dump -o jsonl. */
function evtxDumpLine({ system, data }: EvidenceRecord): string {
  return JSON.stringify({
    Event: {
      '#attributes': { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
      System: {
        Provider: attributes({ Name: system.providerName, Guid: bareGuid(system.providerGuid) }),
        EventID:
          system.qualifiers === null
            ? system.eventId
            : { ...attributes({ Qualifiers: system.qualifiers }), '#text': system.eventId },
        Version: number(system.version),
        Level: number(system.level),
        Task: number(system.task),
        Opcode: number(system.opcode),
        Keywords: system.keywords,
        TimeCreated: attributes({ SystemTime: system.systemTime }),
        EventRecordID: number(system.recordId),
        Correlation:
          system.activityId === null ? null : attributes({ ActivityID: bareGuid(system.activityId) }),
        Execution: {
          '#attributes': { ProcessID: number(system.processId), ThreadID: number(system.threadId) },
        },
        Channel: system.channel,
        Computer: system.computer,
        Security: system.userId === null ? null : attributes({ UserID: system.userId }),
      },
      EventData: data.some(([name]) => name === '')
        ? { Data: { '#text': data.map(([, value]) => value) } }
        : Object.fromEntries(data),
    },
  });
}

/** As NXLog's to_json in the Security-Datasets: values of the event and of System side by side. */
function nxlogLine({ system, data }: EvidenceRecord): string {
  return JSON.stringify({
    SourceName: system.providerName,
    ProviderGuid: system.providerGuid,
    Level: system.level,
    Keywords: system.keywords,
    Channel: system.channel,
    Hostname: system.computer,
    TimeCreated: system.systemTime,
    '@timestamp': system.systemTime,
    EventID: system.eventId,
    Message: messageOf(data),
    Task: system.task,
    ...Object.fromEntries(data),
  });
}

/** As Winlogbeat 7 and later without its processors. */
function winlogbeatLine({ system, data }: EvidenceRecord): string {
  return JSON.stringify({
    '@timestamp': system.systemTime,
    '@metadata': { beat: 'winlogbeat', type: '_doc', version: '8.12.0' },
    host: { name: system.computer },
    log: { level: 'information' },
    message: messageOf(data),
    winlog: {
      api: 'wineventlog',
      task: system.task,
      opcode: 'Info',
      record_id: number(system.recordId),
      provider_guid: system.providerGuid,
      provider_name: system.providerName,
      computer_name: system.computer,
      channel: system.channel,
      event_id: String(system.eventId),
      process: { pid: number(system.processId), thread: { id: number(system.threadId) } },
      event_data: Object.fromEntries(data),
    },
    event: { kind: 'event', provider: system.providerName, code: String(system.eventId) },
    ecs: { version: '8.0.0' },
    agent: { name: system.computer, type: 'winlogbeat', version: '8.12.0' },
  });
}

/** The values under their names, as the message of most events has them. */
function messageOf(data: EvidenceRecord['data']): string {
  return data.map(([name, value]) => `${name}:\t\t${value}`).join('\r\n');
}

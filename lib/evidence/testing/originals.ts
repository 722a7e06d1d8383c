/** Whole files of every form that a reader exists for, made from real events, to be damaged by tests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { clixml } from '#lib/evidence/clixml/testing/write-clixml.ts';
import { softwareHive } from '#lib/evidence/hive/testing/write-hive.ts';
import { WRITERS } from '#lib/evidence/json/testing/write-forms.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import type { EvidenceForm, EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { AT_JOB, writeJob } from '#lib/evidence/task-job/testing/write-job.ts';
import { AT_TASK } from '#lib/evidence/task-xml/testing/task-file.ts';
import { encoded } from '#lib/evidence/text/testing/read-blocks.ts';
import { classicText, getWinEventRow, splunkRow, table } from '#lib/evidence/text/testing/write-text.ts';

export type Original = { readonly name: string; readonly bytes: Buffer };

const EVIDENCE = fileURLToPath(new URL('../../../e2e/evidence/', import.meta.url));
/** Files that bring published parsers down; beside the repository, where they are. */
const KILLERS = fileURLToPath(new URL('../../../../shared/data/mutants/', import.meta.url));

const LOGS = [
  'sysmon-enableat.evtx',
  'powershell-win32-scheduledjob.evtx',
  'ID12-13 SIP provider registration.evtx',
  'MSExchange_Management_wec.evtx',
];
const RECORDS_A_LOG = 6;

/** Originals of each form by its name. */
export async function originalsOf(form: EvidenceForm): Promise<readonly Original[]> {
  return MAKERS[form](await realRecords());
}

const MAKERS: Readonly<Record<EvidenceForm, (records: readonly EvidenceRecord[]) => readonly Original[]>> = {
  evtx: () => [
    ...LOGS.map((name) => ({ name, bytes: readFileSync(path.join(EVIDENCE, name)) })),
    ...(existsSync(KILLERS) ? readdirSync(KILLERS) : []).map((name) => ({
      name,
      bytes: readFileSync(path.join(KILLERS, name)),
    })),
  ],
  xml: (records) => {
    const events = records.map(renderEventXml);
    return [
      ...inEncodings('lines', `${events.join('\n')}\n`),
      ...inEncodings('root', `<?xml version="1.0"?>\r\n<Events>${events.join('')}</Events>`),
      ...inEncodings('pretty', events.join('').replaceAll('><', '>\r\n  <')),
    ];
  },
  json: (records) =>
    Object.entries({ ...WRITERS, ...OTHER_JSON }).flatMap(([name, write]) => {
      const objects = records.map(write);
      return [
        ...inEncodings(`${name}, lines`, objects.map((object) => JSON.stringify(object)).join('\n')),
        ...inEncodings(`${name}, list`, JSON.stringify(objects, null, 2)),
      ];
    }),
  text: (records) => inEncodings('classic', records.map((record) => classicText(record)).join('')),
  csv: (records) => [
    ...inEncodings('Splunk', table(records.map((record) => splunkRow(record)))),
    ...inEncodings('Get-WinEvent', table(records.map((record) => getWinEventRow(record)))),
    ...inEncodings('plain', plainTable(records)),
  ],
  clixml: (records) => inEncodings('Get-WinEvent', clixml(records)),
  hive: () =>
    (['lf', 'lh', 'li', 'ri'] as const).map((list) => ({
      name: list,
      bytes: softwareHive({
        list,
        tasks: Array.from({ length: 20 }, (_, index) => ({ name: `At${index}` })),
        ...(list === 'li' ? { enableAt: LONG_VALUE } : {}),
      }),
    })),
  reg: () => inEncodings('export', REG_EXPORT),
  job: () => [{ name: 'at', bytes: writeJob({ ...AT_JOB, workingDirectory: 'C:\\Windows' }) }],
  'task-xml': () => inEncodings('at', AT_TASK),
};

const LONG_VALUE = { name: 'EnableAt', type: 1, data: Buffer.alloc(40_000, 'a') };
const SCHEDULE = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule';
const REG_EXPORT = [
  'Windows Registry Editor Version 5.00',
  ...Array.from({ length: 8 }, (_, index) =>
    [
      `[${SCHEDULE}\\Configuration]`,
      `"EnableAt"=dword:0000000${index}`,
      `[HKEY_LOCAL_MACHINE\\SOFTWARE\\Vendor${index}]`,
      `"Blob"=hex:${'00,'.repeat(20)}\\\r\n  01,02`,
      `[${SCHEDULE}\\TaskCache\\Tree\\At${index}]`,
      '"Id"="{1}"',
    ].join('\r\n'),
  ),
].join('\r\n\r\n');

/** Layouts of tools beside those that write Windows events as they are. */
const OTHER_JSON: Readonly<Record<string, (record: EvidenceRecord) => object>> = {
  'Elastic Defend': ({ system }) => ({
    '@timestamp': system.systemTime,
    agent: { type: 'endpoint' },
    event: { action: 'modification', type: ['change'], category: ['registry'], id: system.recordId },
    host: { name: system.computer },
    process: { executable: 'C:\\Windows\\System32\\reg.exe', pid: 628 },
    registry: { path: 'HKLM\\SOFTWARE\\x\\EnableAt', value: 'EnableAt', data: { strings: ['1'] } },
  }),
  'Microsoft Defender': ({ system, data }) => ({
    Timestamp: system.systemTime,
    DeviceName: system.computer,
    ActionType: 'PowerShellCommand',
    ReportId: Number(system.recordId),
    AdditionalFields: JSON.stringify({ Command: data.map(([, value]) => value).join(' ') }),
  }),
  'HTTP Event Collector': (record) => ({ time: 1, host: 'collector', event: renderEventXml(record) }),
  'no known tool': ({ system, data }) => ({ time: system.systemTime, id: system.recordId, values: data }),
};

function plainTable(records: readonly EvidenceRecord[]): string {
  const rows = records.map(({ system }) => [system.systemTime, system.computer, system.recordId]);
  return ['time,host,id', ...rows.map((row) => row.join(','))].join('\n');
}

function inEncodings(name: string, text: string): readonly Original[] {
  return [
    { name: `${name}, UTF-8`, bytes: encoded(text, '8') },
    { name: `${name}, UTF-16`, bytes: encoded(`\ufeff${text}`, 'le') },
    { name: `${name}, UTF-16 of the other order`, bytes: encoded(`\ufeff${text}`, 'be') },
  ];
}

async function realRecords(): Promise<readonly EvidenceRecord[]> {
  const records: EvidenceRecord[] = [];
  for (const name of LOGS.slice(0, 2)) {
    const source = fromBuffer(readFileSync(path.join(EVIDENCE, name)));
    const { blocks } = await readEvidence(source, { needles: undefined });
    const own: EvidenceRecord[] = [];
    for await (const block of blocks) own.push(...block.records);
    records.push(...own.slice(-RECORDS_A_LOG));
  }
  return records;
}

import { table } from '#lib/evidence/text/testing/write-text.ts';

/**
 * Output of other tools for one story, for tests: of our own making, in the fields and spelling of the tools' sources
 * (Hayabusa: config/profiles.yaml and README of Yamato-Security/hayabusa, AGPL-3.0; Chainsaw: src/cli.rs and
 * e2e/hunt_expected.json of WithSecureLabs/chainsaw, GPL-3.0). None of their text is here.
 */

export const HOST = 'win10-02.offsec.lan';
const SYSMON = 'Microsoft-Windows-Sysmon/Operational';

/** The alerts in Hayabusa's standard profile; the second is of the write that the evidence of this repository holds. */
const HAYABUSA = [
  {
    Timestamp: '2024-03-05 10:09:41.300 +01:00',
    RuleTitle: 'AT Enabled',
    Level: 'high',
    Computer: HOST,
    Channel: 'Sysmon',
    EventID: '13',
    RecordID: '1601465',
    Details: 'TgtObj: HKLM\\SOFTWARE\\x\\EnableAt ¦ Details: DWORD (0x00000001)',
    ExtraFieldInfo: 'EventType: SetValue',
    RuleID: '42205c73-75c8-4a63-9db1-e3782e06fda0',
  },
  {
    Timestamp: '2024-03-05 10:14:02.125 +01:00',
    RuleTitle: 'Job "by" WMI, in a script',
    Level: 'crit',
    Computer: HOST,
    Channel: 'PwSh',
    EventID: '4104',
    RecordID: '139',
    Details: 'ScriptBlock: $c = [wmiclass]"Win32_ScheduledJob"\n$c.Create()',
    ExtraFieldInfo: '',
    RuleID: '1e33157c-53b1-41ad-bbcc-780b80b58288',
  },
  {
    Timestamp: '2024-03-05 10:15:00.000 +01:00',
    RuleTitle: 'Proc Exec',
    Level: 'info',
    Computer: 'other.offsec.lan',
    Channel: 'Sec',
    EventID: '4688',
    RecordID: '7',
    Details: 'Cmdline: calc.exe',
    ExtraFieldInfo: '',
    RuleID: 'ac933178-c222-430d-8dcf-17b4f3a2fed8',
  },
] as const;

const verbose = HAYABUSA.map((row, index) => ({
  ...row,
  MitreTactics: index === 2 ? '' : 'Exec ¦ Persis',
  MitreTags: index === 2 ? '' : 'T1053.002',
  OtherTags: '',
  RuleFile: 'x.yml',
  EvtxFile: 'x.evtx',
}));
/** As json-timeline writes: numbers, lists, and details as objects. */
const json = verbose.map(({ Details, MitreTactics, MitreTags, OtherTags: _, ...row }) => ({
  ...row,
  EventID: Number(row.EventID),
  RecordID: Number(row.RecordID),
  MitreTactics: MitreTactics === '' ? [] : MitreTactics.split(' ¦ '),
  MitreTags: MitreTags === '' ? [] : [MitreTags],
  Details: Object.fromEntries(Details.split(' ¦ ').map((pair) => pair.split(/: (.*)/s).slice(0, 2))),
}));
const lines = (values: readonly object[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

const eventOf = ({ Channel, EventID, RecordID, Computer, Timestamp }: (typeof HAYABUSA)[number]): object => ({
  Event: {
    System: {
      Provider_attributes: { Name: 'x' },
      EventID: Number(EventID),
      TimeCreated_attributes: { SystemTime: utc(Timestamp) },
      EventRecordID: Number(RecordID),
      Channel: { Sysmon: SYSMON, PwSh: 'Microsoft-Windows-PowerShell/Operational', Sec: 'Security' }[Channel],
      Computer,
    },
    EventData: { ScriptBlockText: 'Win32_ScheduledJob', n: 1 },
  },
});
const utc = (timestamp: string): string =>
  `${new Date(timestamp.replace(' ', 'T').replace(' ', '')).toISOString().slice(0, -1)}000Z`;
const chainsaw = HAYABUSA.map((row) => ({
  group: 'Sigma',
  kind: 'individual',
  document: { kind: 'evtx', path: 'x.evtx', data: eventOf(row) },
  name: row.RuleTitle,
  timestamp: utc(row.Timestamp).replace('Z', '+00:00'),
  authors: ['x'],
  level: { high: 'high', crit: 'critical', info: 'informational' }[row.Level],
  source: 'sigma',
  status: 'experimental',
  id: row.RuleID,
  tags: row.Level === 'info' ? undefined : ['attack.t1053.002', 'attack.lateral_movement', 'car.2013-05-004'],
}));

/** Every form of both tools, of the same three alerts. */
export const ALERT_FILES = {
  'hayabusa csv-timeline': table(HAYABUSA, ',', '\n'),
  'hayabusa csv-timeline, verbose': table(verbose, ',', '\n'),
  'hayabusa csv-timeline, timesketch-verbose': table(
    verbose.map(({ Timestamp, RuleTitle, ...row }) => ({
      datetime: utc(Timestamp),
      timestamp_desc: 'hayabusa',
      message: RuleTitle,
      ...row,
    })),
  ),
  'hayabusa json-timeline': json.map((value) => JSON.stringify(value, null, 4)).join('\n'),
  'hayabusa json-timeline, jsonl': lines(json),
  'chainsaw hunt --json': JSON.stringify(chainsaw),
  'chainsaw hunt --jsonl': lines(chainsaw),
  'chainsaw hunt --csv': table(
    HAYABUSA.map((row) => ({
      timestamp: utc(row.Timestamp).replace('Z', '+00:00'),
      detections: row.RuleTitle,
      path: 'x.evtx',
      count: 1,
      'Event.System.Provider': 'x',
      'Event ID': row.EventID,
      'Record ID': row.RecordID,
      Computer: row.Computer,
      'Event Data': 'ScriptBlockText: Win32_ScheduledJob\nn: 1\n',
    })),
    ',',
    '\n',
  ),
  'chainsaw 1 hunt --json': JSON.stringify(
    HAYABUSA.map((row) => ({ detection: [row.RuleTitle], event: eventOf(row) })),
  ),
} as const;

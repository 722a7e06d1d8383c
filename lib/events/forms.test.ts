import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasSharedData, readBlocks, sharedData } from '#lib/evidence/evtx/testing/read-all.ts';
import { read } from '#lib/evidence/json/testing/read-json.ts';
import { atMilliseconds, WRITERS } from '#lib/evidence/json/testing/write-forms.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { eventIdentity } from './identity.ts';
import { fromStored, type StoredRecord, toStored } from './stored.ts';
import { ownFiles } from './testing.ts';
import { eventFromRecord } from './windows.ts';

type Fields = Record<string, unknown>;

/** Fields that a form does not write, whatever the event is. */
const NOT_WRITTEN: Readonly<Record<string, readonly string[]>> = {
  Winlogbeat: ['Task', 'Keywords', 'Qualifiers'],
  'Winlogbeat with modules': ['Task', 'Keywords', 'Qualifiers'],
  NXLog: ['Qualifiers'],
  'Log Analytics WindowsEvent': ['Guid', 'Qualifiers'],
};

function fieldsOf(record: EvidenceRecord): Fields {
  const event = eventFromRecord(record);
  return {
    ticks: event.timeTicks,
    ...Object.fromEntries(event.fieldNames().map((name) => [name, event.get(name)])),
  };
}

const throughJson = (record: EvidenceRecord): EvidenceRecord =>
  fromStored(JSON.parse(JSON.stringify(toStored(record))) as StoredRecord);

const only = async (value: object): Promise<EvidenceRecord> => {
  const { records, problems } = await read(JSON.stringify(value));
  expect(problems.filter(({ isLoss }) => isLoss)).toEqual([]);
  const [record] = records;
  if (!record || records.length > 1) throw new Error('one record was expected');
  return record;
};

describe('an event that another tool wrote has the fields of its XML', () => {
  for (const [form, write] of Object.entries(WRITERS)) {
    it(`as ${form}`, async () => {
      for (const file of ownFiles) {
        const events = (await readBlocks(readFileSync(file))).flatMap((block) => block.records);
        const wanted = events.filter(({ system }) => [13, 4104].includes(system.eventId ?? 0));
        for (const event of wanted.slice(0, 40).map((record) => atMilliseconds(throughJson(record)))) {
          const record = await only(write(event));
          const lost = NOT_WRITTEN[form] ?? [];
          const kept = (fields: Fields) =>
            // The order of the values is another in some forms, and so is their text.
            Object.entries(fields)
              .filter(([name]) => !['_raw', 'EventData_Xml', ...lost].includes(name))
              .sort(([a], [b]) => (a < b ? -1 : 1));
          expect(kept(fieldsOf(record))).toEqual(kept(fieldsOf(event)));
          expect(eventIdentity(record, 0)).toBe(eventIdentity(event, 0));
          expect(fieldsOf(throughJson(record))).toEqual(fieldsOf(record));
        }
      }
    });
  }
});

describe('evtx_dump', () => {
  it('keeps unnamed values, values of several lines and UserData with its XML', async () => {
    const unnamed = await only({
      Event: {
        System: { EventID: 1000, Channel: 'Application' },
        EventData: { Data: { '#text': ['a', 'b'] } },
      },
    });
    expect(unnamed.data).toEqual([
      ['', 'a'],
      ['', 'b'],
    ]);
    const cleared = await only({
      Event: {
        System: {
          EventID: 104,
          Channel: 'System',
          Provider: { '#attributes': { Name: 'Microsoft-Windows-Eventlog' } },
        },
        UserData: {
          LogFileCleared: {
            '#attributes': { xmlns: 'http://manifests', 'xmlns:x': 'http://x' },
            SubjectUserName: 'a&b',
            Channel: 'Security',
          },
        },
      },
    });
    expect(cleared.userDataXml).toBe(
      "<UserData><LogFileCleared xmlns='http://manifests'><SubjectUserName>a&amp;b</SubjectUserName><Channel>Security</Channel></LogFileCleared></UserData>",
    );
    expect(fieldsOf(cleared)).toMatchObject({ object: 'Security', SubjectUserName: 'a&b' });
  });
});

it.each([
  ['-9223372036854775808', '0x8000000000000000'],
  ['-9223372036854776000', '0x8000000000000000'],
  ['9232379236109516800', '0x8020000000000000'],
  ['0', '0x0'],
  ['"0x8020000000000000"', '0x8020000000000000'],
])('the keywords %s are those that Windows renders', async (number, expected) => {
  const text = `{"EventID":1,"Channel":"c","Hostname":"h","SourceName":"s","Keywords":${number}}`;
  expect((await read(text)).records[0]?.system.keywords).toBe(expected);
});

describe('NXLog', () => {
  const base = {
    EventID: 13,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    SourceName: 'Microsoft-Windows-Sysmon',
    Hostname: 'h',
  };
  it('has the time with a zone, and a local time only when there is no other', async () => {
    const time = async (times: object) => (await only({ ...base, ...times })).system.systemTime;
    const [TimeCreated, received, EventTime] = [
      '2022-08-04T07:51:04.737Z',
      '2022-08-04T07:51:06Z',
      '2022-08-04 03:51:04',
    ];
    expect(await time({ EventTime, '@timestamp': received, TimeCreated })).toBe(
      '2022-08-04T07:51:04.7370000Z',
    );
    expect(await time({ EventTime, '@timestamp': received })).toBe('2022-08-04T07:51:06.0000000Z');
    expect(await time({ EventTime })).toBe('2022-08-04T03:51:04.0000000Z');
  });

  it('has a script block that only its message holds', async () => {
    const record = await only({
      ...base,
      EventID: 4104,
      Channel: 'Microsoft-Windows-PowerShell/Operational',
      SourceName: 'Microsoft-Windows-PowerShell',
      Message:
        'Creating Scriptblock text (2 of 3):\r\nGet-Date\r\n\r\nScriptBlock ID: not this\r\n\r\nScriptBlock ID: e3013ff9\r\nPath: C:\\a.ps1',
    });
    expect(fieldsOf(record)).toMatchObject({
      MessageNumber: '2',
      MessageTotal: '3',
      ScriptBlockText: 'Get-Date\r\n\r\nScriptBlock ID: not this',
      ScriptBlockId: 'e3013ff9',
      Path: 'C:\\a.ps1',
      Opcode: '15',
    });
  });

  it.skipIf(!hasSharedData)('of real data sets is read whole (needs the shared evidence)', async () => {
    const file = 'otrf/reg_disable_eventlog_service_startuptype_modification_via_registry.json';
    const { records, problems } = await read(readFileSync(new URL(file, sharedData)));
    expect([records.length, problems]).toEqual([3872, []]);
    expect(new Set(records.map(({ form }) => form))).toEqual(new Set(['nxlog']));
    const events = records.map(eventFromRecord);
    const audit = events.find((event) => event.get('EventCode') === '4657');
    expect(audit?.get('tag')).toEqual(['endpoint', 'registry']);
    expect(audit?.get('registry_value_name')).toBe('Start');
    expect(events.filter((event) => event.get('ScriptBlockText') !== null)).toHaveLength(3);
    for (const record of records.slice(0, 300))
      expect(fieldsOf(throughJson(record))).toEqual(fieldsOf(record));
  });
});

describe('Elastic documents', () => {
  const defend = (action: string, type: string) => ({
    '@timestamp': '2024-03-05T09:14:02.1254367Z',
    agent: { type: 'endpoint' },
    data_stream: { dataset: 'endpoint.events.registry' },
    ecs: { version: '8.10.0' },
    event: { action, type: [type], category: ['registry'] },
    host: { name: 'win10-02' },
    process: { entity_id: 'x', executable: 'C:\\Windows\\regedit.exe', name: 'regedit.exe', pid: 628 },
    registry: {
      hive: 'HKLM',
      key: 'SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration',
      path: 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration\\EnableAt',
      value: 'EnableAt',
      data: { strings: ['0x00000001'], type: 'REG_DWORD' },
    },
    user: { id: 'S-1-5-18', name: 'SYSTEM', domain: 'NT AUTHORITY' },
  });

  it('of Elastic Defend have the names of CIM, their own, and their text', async () => {
    const document = defend('modification', 'change');
    for (const written of [document, { _index: 'i', _source: document }]) {
      const record = await only(written);
      expect(record.form).toBe('elastic');
      expect(fieldsOf(record)).toMatchObject({
        _time: '1709630042.1254367',
        _raw: JSON.stringify(written),
        host: 'win10-02',
        dest: 'win10-02',
        source: 'endpoint.events.registry',
        EventCode: '13',
        tag: ['endpoint', 'registry'],
        action: 'modified',
        registry_path: document.registry.path,
        registry_key_name: 'Configuration',
        registry_value_name: 'EnableAt',
        registry_value_data: '0x00000001',
        registry_value_type: 'REG_DWORD',
        registry_hive: 'HKEY_LOCAL_MACHINE\\Software',
        process_path: 'C:\\Windows\\regedit.exe',
        process_id: '628',
        user: 'SYSTEM',
        'registry.value': 'EnableAt',
      });
      expect(fieldsOf(throughJson(record))).toEqual(fieldsOf(record));
    }
  });

  it('that tell of a read are no write', async () => {
    for (const [action, type] of [
      ['query', 'access'],
      ['open', 'access'],
    ] as const) {
      const fields = fieldsOf(await only(defend(action, type)));
      expect(fields).toMatchObject({ action: 'read' });
      expect(fields).not.toHaveProperty('tag');
      expect(fields).not.toHaveProperty('EventCode');
    }
  });

  it('with dots in their keys are the same', async () => {
    const document = {
      '@timestamp': '2024-03-05T09:14:02Z',
      'agent.type': 'endpoint',
      'event.category': 'registry',
      'event.action': 'modification',
      'host.name': 'h',
      'registry.path': 'HKU\\x\\y',
      'registry.value': 'y',
    };
    expect(fieldsOf(await only(document))).toMatchObject({
      dest: 'h',
      tag: ['endpoint', 'registry'],
      registry_hive: 'HKEY_USERS',
    });
  });
});

describe('Microsoft Defender', () => {
  const row = {
    Timestamp: '2024-03-05T09:14:02.1254367Z',
    DeviceId: 'd',
    DeviceName: 'win10-02',
    InitiatingProcessAccountName: 'jo',
    InitiatingProcessAccountSid: 'S-1-5-21-1',
    InitiatingProcessFileName: 'reg.exe',
    InitiatingProcessCommandLine: 'reg add x',
    InitiatingProcessId: 7,
  };
  const registry = {
    ...row,
    ActionType: 'RegistryValueSet',
    RegistryKey:
      'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration',
    RegistryValueName: 'EnableAt',
    RegistryValueData: '1',
    RegistryValueType: 'Dword',
  };

  it('rows, streamed records and Sentinel rows of registry events have the names of CIM', async () => {
    const { Timestamp, ...rest } = registry;
    for (const written of [
      registry,
      { category: 'AdvancedHunting-DeviceRegistryEvents', properties: registry },
      { ...rest, TimeGenerated: Timestamp, Type: 'DeviceRegistryEvents' },
    ]) {
      const record = await only(written);
      expect([record.form, record.system.channel]).toEqual(['defender', 'DeviceRegistryEvents']);
      expect(fieldsOf(record)).toMatchObject({
        _time: '1709630042.1254367',
        source: 'DeviceRegistryEvents',
        dest: 'win10-02',
        EventCode: '13',
        tag: ['endpoint', 'registry'],
        action: 'modified',
        registry_path: `${registry.RegistryKey}\\EnableAt`,
        registry_key_name: 'Configuration',
        registry_value_name: 'EnableAt',
        registry_value_data: '1',
        registry_value_type: 'REG_DWORD',
        registry_hive: 'HKEY_LOCAL_MACHINE\\Software',
        user: 'jo',
        user_id: 'S-1-5-21-1',
        process_name: 'reg.exe',
      });
    }
  });

  it('process, file and script events have them too', async () => {
    const process = await only({
      ...row,
      ActionType: 'ProcessCreated',
      FileName: 'at.exe',
      FolderPath: 'C:\\Windows\\at.exe',
      ProcessId: 9,
      ProcessCommandLine: 'at 10:00 x',
      AccountName: 'svc',
    });
    expect(fieldsOf(process)).toMatchObject({
      source: 'DeviceProcessEvents',
      tag: ['process', 'report'],
      process: 'at 10:00 x',
      process_path: 'C:\\Windows\\at.exe',
      parent_process_name: 'reg.exe',
      parent_process: 'reg add x',
      user: 'svc',
    });
    const file = await only({
      ...row,
      ActionType: 'FileCreated',
      FileName: 'At1.job',
      FolderPath: 'C:\\Windows\\Tasks\\At1.job',
    });
    expect(fieldsOf(file)).toMatchObject({
      tag: ['endpoint', 'filesystem'],
      action: 'created',
      file_path: 'C:\\Windows\\Tasks\\At1.job',
    });
    for (const AdditionalFields of [{ Command: 'Get-Date' }, '{"Command":"Get-Date"}']) {
      const script = await only({ ...row, ActionType: 'PowerShellCommand', AdditionalFields });
      expect(fieldsOf(script)).toMatchObject({
        source: 'XmlWinEventLog:Microsoft-Windows-PowerShell/Operational',
        EventCode: '4104',
        ScriptBlockText: 'Get-Date',
      });
    }
  });
});

describe('JSON that no log form claims', () => {
  it('is an event whose keys are its fields', async () => {
    const text =
      '{"Name":"x","a":{"b":{"c":1}},"list":["p",2,null,{"q":true}],"none":null,"big":12345678901234567890,"exact":1.10,"host":"H","time":"2024-03-05 09:14:02Z","constructor":"k"}';
    const { records } = await read(text);
    const [record] = records;
    if (!record) throw new Error('one record was expected');
    const event = eventFromRecord(record);
    expect(fieldsOf(record)).toEqual({
      ticks: 17_096_300_420_000_000n,
      _time: '1709630042',
      _raw: text,
      sourcetype: '_json',
      Name: 'x',
      'a.b.c': '1',
      list: ['p', '2'],
      'list.q': 'true',
      big: '12345678901234567890',
      exact: '1.10',
      host: 'H',
      time: '2024-03-05 09:14:02Z',
      constructor: 'k',
    });
    expect(event.get('none')).toBeNull();
    expect(event.get('EventCode')).toBeNull();
    expect(event.get('toString')).toBeNull();
    expect(fieldsOf(throughJson(record))).toEqual(fieldsOf(record));
  });

  it.each([
    ['{"_time":"1709630042.1254367"}', 17_096_300_421_254_367n],
    ['{"_time":1709630042.1254367}', 17_096_300_421_254_367n],
    ['{"@timestamp":"2024-03-05T10:14:02.125+01:00"}', 17_096_300_421_250_000n],
    ['{"timestamp":1709630042125}', 17_096_300_421_250_000n],
    ['{"TimeCreated":"/Date(1709630042125)/"}', 17_096_300_421_250_000n],
    ['{"_time":"2024-03-05 09:14:02.125 UTC"}', 17_096_300_421_250_000n],
    ['{"_time":"yesterday","timestamp":"2024-03-05T09:14:02Z"}', 17_096_300_420_000_000n],
    ['{"a":1}', null],
  ])('has the time of %s', async (text, ticks) => {
    const [record] = (await read(text)).records;
    expect(record?.timeTicks).toBe(ticks);
  });

  it('keeps what Splunk exported without XML under its own names', async () => {
    const result = {
      _raw: 'LogName=x',
      source: 's',
      sourcetype: 'st',
      host: 'h',
      EventCode: '4104',
      _time: '1709630042',
    };
    const record = await only({ preview: false, result });
    expect(record.form).toBe('json');
    expect(fieldsOf(record)).toMatchObject(result);
  });

  it('is one event in any layout', async () => {
    const [first, second] = (await read('{"a":1,"time":"x"}\n{ "a" : 1, "time":\n"x" }')).records;
    if (!first || !second) throw new Error('two records were expected');
    expect(eventIdentity(first, 0)).toBe(eventIdentity(second, 0));
  });
});

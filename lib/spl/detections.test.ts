import { describe, expect, it } from 'vitest';
import { at, compile, event, type Fields, rowsOf, run } from './testing.ts';

const SCRIPT_2023 = `
\`powershell\` EventCode=4104 ScriptBlockText="*win32_scheduledjob*" 
| stats count min(_time) as firstTime max(_time) as lastTime by EventCode ScriptBlockText Computer UserID 
| rename Computer as dest 
| rename UserID as user 
| \`security_content_ctime(firstTime)\` 
| \`security_content_ctime(lastTime)\` 
| \`windows_powershell_wmi_win32_scheduledjob_filter\`
`;

const SCRIPT_2026 = `
\`powershell\` EventCode=4104 ScriptBlockText="*win32_scheduledjob*"
  | fillnull
  | stats count min(_time) as firstTime max(_time) as lastTime
    BY dest signature signature_id user_id vendor_product EventID Guid Opcode Name Path ProcessID ScriptBlockId ScriptBlockText
  | \`security_content_ctime(firstTime)\`
  | \`security_content_ctime(lastTime)\`
  | \`windows_powershell_wmi_win32_scheduledjob_filter\`
`;

const REGISTRY_2023 = `

| tstats \`security_content_summariesonly\` count values(Registry.registry_key_name) as registry_key_name values(Registry.registry_path) as registry_path min(_time) as firstTime max(_time) as lastTime from datamodel=Endpoint.Registry where Registry.registry_path="*\\\\CurrentVersion\\\\Schedule\\\\Configuration*" Registry.registry_value_name=EnableAt  by Registry.dest, Registry.user, Registry.registry_value_name, Registry.registry_value_type 
| \`security_content_ctime(lastTime)\` 
| \`security_content_ctime(firstTime)\` 
| \`drop_dm_object_name(Registry)\` 
| \`windows_enable_win32_scheduledjob_via_registry_filter\`
`;

const REGISTRY_2026 = `
| tstats \`security_content_summariesonly\` count min(_time) as firstTime max(_time) as lastTime from datamodel=Endpoint.Registry
  where Registry.registry_path="*\\\\CurrentVersion\\\\Schedule\\\\Configuration*" Registry.registry_value_name="EnableAt"
  by Registry.action Registry.dest Registry.process_guid Registry.process_id Registry.registry_hive Registry.registry_path Registry.registry_key_name Registry.registry_value_data Registry.registry_value_name Registry.registry_value_type Registry.status Registry.user Registry.vendor_product
| \`security_content_ctime(lastTime)\` | \`security_content_ctime(firstTime)\` | \`drop_dm_object_name(Registry)\` | \`windows_enable_win32_scheduledjob_via_registry_filter\`
`;

const script = (text: string, ticks: number, more: Fields = {}) =>
  event(
    {
      source: 'XmlWinEventLog:Microsoft-Windows-PowerShell/Operational',
      EventCode: '4104',
      ScriptBlockText: text,
      Computer: 'win10-02.offsec.lan',
      UserID: 'S-1-5-18',
      ...more,
    },
    at(ticks),
  );

const registryEvent = (more: Fields, ticks: number) =>
  event(
    {
      tag: 'registry',
      dest: 'win10-02',
      registry_path:
        'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration\\EnableAt',
      registry_key_name: 'Configuration',
      registry_value_name: 'EnableAt',
      registry_value_type: 'REG_DWORD',
      ...more,
    },
    at(ticks),
  );

describe('the script block search of 2023', () => {
  it('gives a row for each text, host and user, with the time of the first and last event', () => {
    const calls = 'Get-WmiObject Win32_ScheduledJob';
    const events = [
      script(calls, 1_254_367),
      script(`${calls} | fl`, 5),
      script(calls, 980_000_001),
      script('Get-ScheduledJob', 7),
      script(calls, 8, { EventCode: '4103' }),
      script(calls, 9, { source: 'XmlWinEventLog:Security' }),
    ];
    const rows = rowsOf(SCRIPT_2023, events);
    expect(rows.map((row) => [Object.fromEntries(row.fields), row.sources])).toEqual([
      [
        {
          EventCode: '4104',
          ScriptBlockText: calls,
          dest: 'win10-02.offsec.lan',
          user: 'S-1-5-18',
          count: 2,
          firstTime: '2024-03-05T09:14:02',
          lastTime: '2024-03-05T09:15:40',
        },
        [0, 2],
      ],
      [
        {
          EventCode: '4104',
          ScriptBlockText: `${calls} | fl`,
          dest: 'win10-02.offsec.lan',
          user: 'S-1-5-18',
          count: 1,
          firstTime: '2024-03-05T09:14:02',
          lastTime: '2024-03-05T09:14:02',
        },
        [1],
      ],
    ]);
    expect(rows[0]?.key).toEqual([
      ['EventCode', '4104'],
      ['ScriptBlockText', calls],
      ['Computer', 'win10-02.offsec.lan'],
      ['UserID', 'S-1-5-18'],
    ]);
  });

  it('tells its columns, needles and what it matched', () => {
    const search = compile(SCRIPT_2023);
    expect(search.columns).toEqual([
      'EventCode',
      'ScriptBlockText',
      'dest',
      'user',
      'count',
      'firstTime',
      'lastTime',
    ]);
    expect(search.needles).toEqual([['win32_scheduledjob']]);
    expect(search.dataModel).toBeNull();
    expect(search.isGrouping).toBe(true);
    const text = 'gwmi WIN32_ScheduledJob';
    expect(search.explain(script(text, 0))).toEqual([
      {
        field: 'source',
        term: 'source="XmlWinEventLog:Microsoft-Windows-PowerShell/Operational"',
        value: 'XmlWinEventLog:Microsoft-Windows-PowerShell/Operational',
        ranges: [[0, 55]],
      },
      { field: 'EventCode', term: 'EventCode=4104', value: '4104', ranges: [[0, 4]] },
      {
        field: 'ScriptBlockText',
        term: 'ScriptBlockText="*win32_scheduledjob*"',
        value: text,
        ranges: [[5, 23]],
      },
    ]);
    expect(search.explain(script('nothing', 0))).toEqual([]);
  });
});

describe('the script block search of 2026', () => {
  const complete: Fields = {
    dest: 'a',
    signature: 's',
    signature_id: '4104',
    user_id: 'u',
    vendor_product: 'v',
    EventID: '4104',
    Guid: 'g',
    Opcode: '15',
    Name: 'n',
    ProcessID: '1',
    ScriptBlockId: 'b',
  };
  const calls = 'win32_scheduledjob';

  it('drops all rows when no event has a Path, and keeps them as lenient rows with 0', () => {
    const events = [script(calls, 0, complete), script(calls, 1, complete)];
    expect(rowsOf(SCRIPT_2026, events)).toEqual([]);
    const [row, ...others] = rowsOf(SCRIPT_2026, events, 'lenient');
    expect(others).toEqual([]);
    expect(row?.filled).toEqual(['Path']);
    expect(row?.fields.get('Path')).toBe('0');
    expect(row?.fields.get('count')).toBe(2);
  });

  it('fills Path with 0 when one event of the set has it', () => {
    const events = [script(calls, 0, complete), script(calls, 1, { ...complete, Path: 'C:\\a.ps1' })];
    expect(run(SCRIPT_2026, events).map((row) => row.Path)).toEqual(['0', 'C:\\a.ps1']);
  });
});

describe('the registry search of 2023', () => {
  it('gives one row for a host with both events, under names without the object', () => {
    const events = [
      registryEvent({ Details: 'DWORD (0x00000001)' }, 0),
      registryEvent({ Details: 'DWORD (0x00000000)' }, 10_000_000),
      registryEvent({ registry_value_name: 'LastUpdated' }, 1),
      registryEvent({ registry_path: 'HKLM\\SOFTWARE\\Vendor\\EnableAt' }, 2),
      registryEvent({ tag: 'other' }, 3),
    ];
    const rows = rowsOf(REGISTRY_2023, events);
    expect(rows.map((row) => Object.fromEntries(row.fields))).toEqual([
      {
        dest: 'win10-02',
        user: 'unknown',
        registry_value_name: 'EnableAt',
        registry_value_type: 'REG_DWORD',
        count: 2,
        registry_key_name: 'Configuration',
        registry_path:
          'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration\\EnableAt',
        firstTime: '2024-03-05T09:14:02',
        lastTime: '2024-03-05T09:14:03',
      },
    ]);
    expect(rows[0]?.sources).toEqual([0, 1]);
    expect(rows[0]?.key?.map(([field]) => field)).toEqual([
      'Registry.dest',
      'Registry.user',
      'Registry.registry_value_name',
      'Registry.registry_value_type',
    ]);
  });

  it('tells its data model, needles and columns', () => {
    const search = compile(REGISTRY_2023);
    expect(search.dataModel).toBe('Endpoint.Registry');
    expect(search.needles).toEqual([['\\currentversion\\schedule\\configuration'], ['enableat']]);
    expect(search.columns?.slice(0, 2)).toEqual(['dest', 'user']);
  });
});

describe('the registry search of 2026', () => {
  it('puts the text null for a by-field that the model does not fill, in strict mode too', () => {
    const [row] = rowsOf(REGISTRY_2026, [registryEvent({}, 0)]);
    expect(row?.fields.get('process_guid')).toBe('null');
    expect(row?.fields.get('action')).toBe('unknown');
    expect(row?.filled).toEqual([]);
  });
});

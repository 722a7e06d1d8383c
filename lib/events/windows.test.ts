import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasSharedData } from '#lib/evidence/evtx/testing/read-all.ts';
import { makeRecord, POWERSHELL, sharedRecords, sysmonRecord } from './testing.ts';
import { eventFromRecord } from './windows.ts';

const fields = (record: Parameters<typeof eventFromRecord>[0], ...names: string[]) => {
  const event = eventFromRecord(record);
  return Object.fromEntries(names.map((name) => [name, event.get(name)]));
};

const scriptBlock = makeRecord(
  {
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
    processId: '5336',
    threadId: '2228',
    channel: POWERSHELL,
    computer: 'win10-02.offsec.lan',
    userId: 'S-1-5-21-1-2-3-1111',
  },
  [
    ['MessageNumber', '1'],
    ['MessageTotal', '1'],
    ['ScriptBlockText', "Get-WmiObject -Class 'Win32_ScheduledJob' <a&b>"],
    ['ScriptBlockId', 'a1d9f0c2-7b3e-4c55-9a01-0c3f5b1e7a01'],
    ['Path', ''],
  ],
);

describe('fields of every Windows event', () => {
  it('have the names and texts of the Windows add-on', () => {
    expect(
      fields(
        scriptBlock,
        ...[
          '_time',
          'host',
          'source',
          'sourcetype',
          'EventCode',
          'EventID',
          'signature_id',
          'Computer',
          'dest',
        ],
        ...['Channel', 'Name', 'Guid', 'Version', 'Level', 'Task', 'Opcode', 'Keywords', 'EventRecordID'],
        ...[
          'RecordNumber',
          'ProcessID',
          'ThreadID',
          'UserID',
          'user_id',
          'SystemTime',
          'ScriptBlockId',
          'Path',
        ],
      ),
    ).toEqual({
      _time: '1709630042.1254367',
      host: 'win10-02.offsec.lan',
      source: 'XmlWinEventLog:Microsoft-Windows-PowerShell/Operational',
      sourcetype: 'XmlWinEventLog',
      EventCode: '4104',
      EventID: '4104',
      signature_id: '4104',
      Computer: 'win10-02.offsec.lan',
      dest: 'win10-02.offsec.lan',
      Channel: POWERSHELL,
      Name: 'Microsoft-Windows-PowerShell',
      Guid: '{A0C1853B-5C40-4B15-8766-3CF1C58F985A}',
      Version: '1',
      Level: '5',
      Task: '2',
      Opcode: '15',
      Keywords: '0x0',
      EventRecordID: '139',
      RecordNumber: '139',
      ProcessID: '5336',
      ThreadID: '2228',
      UserID: 'S-1-5-21-1-2-3-1111',
      user_id: 'S-1-5-21-1-2-3-1111',
      SystemTime: '2024-03-05T09:14:02.1254367Z',
      ScriptBlockId: 'a1d9f0c2-7b3e-4c55-9a01-0c3f5b1e7a01',
      Path: '',
    });
  });

  it('give the time to 100 ns, also before 1970, and none when there is none', () => {
    const time = (systemTime: string | null) => fields(makeRecord({ systemTime }), '_time')._time;
    expect(time('2024-03-05T09:16:00.0000013Z')).toBe('1709630160.0000013');
    expect(time('2024-03-05T09:16:00Z')).toBe('1709630160');
    expect(time('1969-12-31T23:59:59.5Z')).toBe('-0.5');
    expect(time(null)).toBeNull();
  });

  it('hold the event as XML in _raw', () => {
    expect(eventFromRecord(scriptBlock).get('_raw')).toContain(
      "<Data Name='ScriptBlockText'>Get-WmiObject -Class &apos;Win32_ScheduledJob&apos; &lt;a&amp;b&gt;</Data>",
    );
  });

  it('are multivalue where EventData repeats a name, in order, and absent for an unnamed value', () => {
    const event = eventFromRecord(
      makeRecord({ eventId: 1 }, [
        ['Item', 'b'],
        ['', 'nobody'],
        ['Item', 'a'],
        ['Item', 'b'],
      ]),
    );
    expect(event.get('Item')).toEqual(['b', 'a', 'b']);
    expect(event.get('')).toBeNull();
    expect(event.fieldNames()).not.toContain('');
  });

  it('are not found on Object, and are case-sensitive', () => {
    const event = eventFromRecord(scriptBlock);
    for (const name of ['constructor', 'toString', '__proto__', 'eventcode'])
      expect(event.get(name)).toBeNull();
  });

  it('are listed exactly when they are present, whatever EventData holds', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom('user', 'Channel', '_raw', '_time', '__proto__', 'Details'),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, fc.string()), { maxLength: 150 }),
        fc.constantFrom('Security', POWERSHELL, 'Microsoft-Windows-Sysmon/Operational', null),
        fc.constantFrom(1, 13, 4104, 4657, null),
        (data, channel, eventId) => {
          const event = eventFromRecord(makeRecord({ channel, eventId }, data));
          const listed = event.fieldNames();
          expect(new Set(listed).size).toBe(listed.length);
          for (const one of listed) expect(event.get(one)).not.toBeNull();
          for (const [one] of data) expect(listed.includes(one)).toBe(event.get(one) !== null);
        },
      ),
    );
  });

  it('can all be read by name from a record with 200,000 values', () => {
    const data = Array.from({ length: 200_000 }, (_, index) => [`name${index}`, `${index}`] as const);
    const event = eventFromRecord(makeRecord({ eventId: 1 }, data));
    const names = event.fieldNames();
    expect(names.reduce((count, name) => count + (event.get(name) === null ? 0 : 1), 0)).toBe(names.length);
    expect(event.get('name199999')).toBe('199999');
  });
});

describe('PowerShell', () => {
  it('has the signature of script blocks and no user name, in both channels', () => {
    for (const channel of [POWERSHELL, 'PowerShellCore/Operational', POWERSHELL.toUpperCase()]) {
      const record = { ...scriptBlock, system: { ...scriptBlock.system, channel } };
      expect(fields(record, 'signature', 'vendor_product', 'user')).toEqual({
        signature: 'Microsoft-Windows-PowerShell Execute a Remote Command',
        vendor_product: 'Microsoft Windows',
        user: null,
      });
    }
  });
});

describe('Sysmon', () => {
  const TARGET = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration\\EnableAt';
  const REGISTRY = [
    ...['action', 'status', 'registry_path', 'registry_hive', 'registry_key_name', 'registry_value_name'],
    ...['registry_value_data', 'registry_value_type'],
  ];

  it('maps a value set as the add-on does: the path keeps the value, the key is the part before it', () => {
    const record = sysmonRecord(13, {
      EventType: 'SetValue',
      ProcessGuid: '{9828DA72-B353-61FA-0B00-00000000F000}',
      ProcessId: '648',
      Image: 'C:\\Windows\\system32\\reg.exe',
      TargetObject: TARGET,
      Details: 'DWORD (0x00000001)',
      User: 'OFFSEC\\admmig',
    });
    expect(fields(record, ...REGISTRY, 'user', 'dest', 'process_guid', 'process_id', 'process_name')).toEqual(
      {
        action: 'modified',
        status: 'success',
        registry_path: TARGET,
        registry_hive: 'HKEY_LOCAL_MACHINE\\Software',
        registry_key_name: 'Configuration',
        registry_value_name: 'EnableAt',
        registry_value_data: '0x00000001',
        registry_value_type: 'REG_DWORD',
        user: 'admmig',
        dest: 'win10-02.offsec.lan',
        process_guid: '{9828DA72-B353-61FA-0B00-00000000F000}',
        process_id: '648',
        process_name: 'reg.exe',
      },
    );
  });

  it.each([
    ['QWORD (0x01d776fd-0xd724b8c5)', '0x01d776fd-0xd724b8c5', 'REG_QWORD'],
    ['Binary Data', 'Binary Data', null],
    ['C:\\Program Files (x86)\\a.exe', 'C:\\Program Files (x86)\\a.exe', null],
    ['DWORD (0x1)\nDWORD (0x2)', 'DWORD (0x1)\nDWORD (0x2)', null],
    ['', null, null],
  ])('reads Details %j as data %j of type %j', (Details, data, type) => {
    const record = sysmonRecord(13, { TargetObject: TARGET, Details });
    expect(fields(record, 'registry_value_data', 'registry_value_type')).toEqual({
      registry_value_data: data,
      registry_value_type: type,
    });
  });

  it.each([
    ['CreateKey', 'created'],
    ['DeleteKey', 'deleted'],
    ['DeleteValue', 'deleted'],
  ])('takes %s of event 12 as %s of a key, and never names a value', (EventType, action) => {
    expect(fields(sysmonRecord(12, { EventType, TargetObject: TARGET }), ...REGISTRY)).toEqual({
      action,
      status: 'success',
      registry_path: TARGET,
      registry_hive: 'HKEY_LOCAL_MACHINE\\Software',
      registry_key_name: 'EnableAt',
      registry_value_name: null,
      registry_value_data: null,
      registry_value_type: null,
    });
  });

  it('names a value of event 14 only when a value was renamed', () => {
    const name = (EventType: string) =>
      fields(sysmonRecord(14, { EventType, TargetObject: TARGET }), 'registry_value_name')
        .registry_value_name;
    expect(name('RenameValue')).toBe('EnableAt');
    expect(name('RenameKey')).toBeNull();
  });

  it.each([
    ['HKLM\\System\\Select', 'HKEY_LOCAL_MACHINE\\System'],
    ['hklm\\software\\x', 'HKEY_LOCAL_MACHINE\\Software'],
    ['HKU\\S-1-5-18\\x', 'HKEY_CURRENT_USER'],
    ['HKLM\\SAM\\x', null],
    ['\\REGISTRY\\MACHINE\\SOFTWARE\\x', null],
  ])('knows the hive of %s as the add-on does', (TargetObject, hive) => {
    expect(fields(sysmonRecord(13, { TargetObject }), 'registry_hive')).toEqual({ registry_hive: hive });
  });

  it('never takes the service account of System/Security for the user', () => {
    expect(fields(sysmonRecord(13, { TargetObject: TARGET }), 'user', 'user_id')).toEqual({
      user: null,
      user_id: 'S-1-5-18',
    });
    expect(fields(sysmonRecord(13, { User: 'OFFSEC\\' }), 'user')).toEqual({ user: null });
    expect(fields(sysmonRecord(13, { User: 'local' }), 'user')).toEqual({ user: 'local' });
  });
});

describe('Security 4657', () => {
  const KEY = '\\REGISTRY\\MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration';
  const audit = (values: Readonly<Record<string, string>>, eventId = 4657, keywords = '0x8020000000000000') =>
    makeRecord({ channel: 'Security', eventId, keywords, computer: 'dc1', userId: null }, [
      ...Object.entries({
        SubjectUserSid: 'S-1-5-21-1-2-3-500',
        SubjectUserName: 'dadmin',
        SubjectDomainName: 'CONTOSO',
        ObjectName: KEY,
        ObjectValueName: 'EnableAt',
        OperationType: '%%1904',
        OldValueType: '-',
        OldValue: '-',
        NewValueType: '%%1876',
        NewValue: '1',
        ProcessId: '0xce4',
        ProcessName: 'C:\\Windows\\regedit.exe',
        ...values,
      }),
    ]);

  it('maps the change of a value; the path is the key alone', () => {
    expect(
      fields(
        audit({}),
        ...[
          'action',
          'status',
          'user',
          'user_id',
          'dest',
          'registry_path',
          'registry_hive',
          'registry_key_name',
        ],
        ...[
          'registry_value_name',
          'registry_value_data',
          'registry_value_type',
          'process_id',
          'vendor_product',
        ],
      ),
    ).toEqual({
      action: 'created',
      status: 'success',
      user: 'dadmin',
      user_id: 'S-1-5-21-1-2-3-500',
      dest: 'dc1',
      registry_path: KEY,
      registry_hive: 'HKEY_LOCAL_MACHINE\\Software',
      registry_key_name: 'Configuration',
      registry_value_name: 'EnableAt',
      registry_value_data: '1',
      registry_value_type: 'REG_DWORD',
      process_id: '0xce4',
      vendor_product: 'Microsoft Windows',
    });
  });

  it.each([
    ['%%1904', 'created'],
    ['%%1905', 'modified'],
    ['%%1906', 'deleted'],
    ['%%9999', null],
    ['constructor', null],
  ])('takes operation %s as %s', (OperationType, action) => {
    expect(fields(audit({ OperationType }), 'action')).toEqual({ action });
  });

  it('says failure for an audit failure, and has no type where Windows wrote a dash', () => {
    expect(fields(audit({}, 4657, '0x8010000000000000'), 'status')).toEqual({ status: 'failure' });
    expect(fields(audit({ NewValueType: '-' }), 'registry_value_type')).toEqual({
      registry_value_type: null,
    });
  });

  it('gives registry fields to no other event of the log', () => {
    expect(fields(audit({}, 4656), 'registry_path', 'registry_value_name', 'registry_value_data')).toEqual({
      registry_path: null,
      registry_value_name: null,
      registry_value_data: null,
    });
  });
});

describe('the event log service', () => {
  it('names the log that was cleared, not the one that says so', () => {
    const record = makeRecord(
      { providerName: 'Microsoft-Windows-Eventlog', channel: 'System', eventId: 104 },
      [
        ['SubjectUserName', 'dadmin'],
        ['Channel', POWERSHELL],
      ],
    );
    expect(fields(record, 'object', 'user', 'Channel')).toEqual({
      object: POWERSHELL,
      user: 'dadmin',
      Channel: 'System',
    });
  });
});

describe.skipIf(!hasSharedData)('real EVTX (needs the shared evidence)', () => {
  it('gives the user, text and 100 ns time of a script block', async () => {
    const records = await sharedRecords('derived/powershell-win32-scheduledjob.evtx');
    const record = records.find(({ system }) => system.recordId === '139');
    expect(record && fields(record, '_time', 'UserID', 'ScriptBlockText', 'Guid', 'Path', 'dest')).toEqual({
      _time: '1709630042.1254367',
      UserID: 'S-1-5-21-4230534742-2542757381-3142984815-1111',
      ScriptBlockText: 'Get-WmiObject -Class Win32_ScheduledJob -ComputerName FS03',
      Guid: '{A0C1853B-5C40-4B15-8766-3CF1C58F985A}',
      Path: '',
      dest: 'win10-02.offsec.lan',
    });
  });
});

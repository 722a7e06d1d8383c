import { describe, expect, it } from 'vitest';
import type { DataItem } from '#lib/evidence/record.ts';
import { makeRecord, sysmonRecord } from '../testing.ts';
import { modelsOf, presentFields } from './testing.ts';

/** One event a log source, and every field that its data model object then has. */

const GUID = '{96128EA2-F212-5F7E-E400-000000007F01}';
const PARENT_GUID = '{96128EA2-F211-5F7E-DF00-000000007F01}';
const POWERSHELL_EXE = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';

function securityRecord(
  eventId: number,
  values: Readonly<Record<string, string>>,
  keywords = '0x8020000000000000',
) {
  const data: readonly DataItem[] = Object.entries(values);
  return makeRecord(
    { channel: 'Security', eventId, keywords, computer: 'dc1.corp.example', processId: '4' },
    data,
  );
}

describe('Endpoint.Processes', () => {
  it('has a new process of Sysmon (event 1)', () => {
    const record = sysmonRecord(1, {
      UtcTime: '2020-10-08 11:03:46.615',
      ProcessGuid: GUID,
      ProcessId: '2296',
      Image: 'C:\\Windows\\System32\\cmd.exe',
      OriginalFileName: 'Cmd.Exe',
      CommandLine: '"C:\\Windows\\system32\\cmd.exe" /c at 10:00 x.exe',
      CurrentDirectory: 'C:\\Temp\\',
      User: 'CORP\\admin',
      IntegrityLevel: 'High',
      Hashes: 'MD5=F4F6,SHA256=935C',
      ParentProcessGuid: PARENT_GUID,
      ParentProcessId: '4624',
      ParentImage: POWERSHELL_EXE,
      ParentCommandLine: '"powershell.exe" -noninteractive',
    });
    expect(modelsOf(record)).toEqual(['Endpoint.Processes']);
    expect(presentFields('Endpoint.Processes', record)).toEqual({
      action: 'allowed',
      dest: 'win10-02.offsec.lan',
      loaded_file: 'unknown',
      original_file_name: 'Cmd.Exe',
      os: 'Microsoft Windows',
      parent_process: '"powershell.exe" -noninteractive',
      parent_process_exec: 'powershell.exe',
      parent_process_guid: PARENT_GUID,
      parent_process_id: '4624',
      parent_process_name: 'powershell.exe',
      parent_process_path: POWERSHELL_EXE,
      parent_user: 'unknown',
      process: '"C:\\Windows\\system32\\cmd.exe" /c at 10:00 x.exe',
      process_current_directory: 'C:\\Temp\\',
      process_exec: 'cmd.exe',
      process_guid: GUID,
      process_hash: 'MD5=F4F6,SHA256=935C',
      process_id: '2296',
      process_integrity_level: 'high',
      process_name: 'cmd.exe',
      process_path: 'C:\\Windows\\System32\\cmd.exe',
      user: 'admin',
      user_id: 'S-1-5-18',
      vendor_product: 'Microsoft Sysmon',
    });
  });

  const process = (values: Readonly<Record<string, string>> = {}) =>
    securityRecord(4688, {
      SubjectUserSid: 'S-1-5-18',
      SubjectUserName: 'DC1$',
      NewProcessId: '0xf84',
      NewProcessName: 'C:\\Program Files\\a b\\tool.exe',
      ProcessId: '0xb2c',
      CommandLine: '"C:\\Program Files\\a b\\tool.exe" --ps2',
      TargetUserName: '-',
      ParentProcessName: 'C:\\Windows\\explorer.exe',
      ...values,
    });

  it('has a new process of the Security log (event 4688); its parent is a path, its ids stay hexadecimal', () => {
    expect(modelsOf(process())).toEqual(['Endpoint.Processes']);
    expect(presentFields('Endpoint.Processes', process())).toEqual({
      action: 'allowed',
      dest: 'dc1.corp.example',
      loaded_file: 'unknown',
      original_file_name: 'unknown',
      parent_process: 'C:\\Windows\\explorer.exe',
      parent_process_id: '0xb2c',
      parent_process_name: 'explorer.exe',
      parent_process_path: 'C:\\Windows\\explorer.exe',
      parent_user: 'unknown',
      process: '"C:\\Program Files\\a b\\tool.exe" --ps2',
      process_exec: 'tool.exe',
      process_id: '0xf84',
      process_name: 'tool.exe',
      process_path: 'C:\\Program Files\\a b\\tool.exe',
      user: 'DC1$',
      user_id: 'S-1-5-18',
      vendor_product: 'Microsoft Windows',
    });
  });

  it.each([
    // As the add-on puts it together (EVAL-process of Splunk_TA_windows 8.1.2).
    ['C:\\Windows\\System32\\cmd.exe', 'cmd /c  whoami', 'C:\\Windows\\System32\\cmd.exe /c  whoami'],
    ['C:\\a b\\t.exe', 't.exe -x "y"', '"C:\\a b\\t.exe" -x "y"'],
    ['C:\\Windows\\System32\\cmd.exe', 'c:\\windows\\cmd.exe /k', 'c:\\windows\\cmd.exe /k'],
    ['C:\\Windows\\System32\\cmd.exe', 'cmd', 'C:\\Windows\\System32\\cmd.exe'],
    ['C:\\Windows\\System32\\cmd.exe', '"cmd" one\ntwo', 'C:\\Windows\\System32\\cmd.exe one'],
    ['C:\\Windows\\System32\\cmd.exe', '', 'C:\\Windows\\System32\\cmd.exe'],
    ['', 'cmd /c x', 'unknown'],
  ])('of image %j and command line %j has the process %j', (NewProcessName, CommandLine, expected) => {
    expect(presentFields('Endpoint.Processes', process({ NewProcessName, CommandLine })).process).toBe(
      expected,
    );
  });

  it('takes the target account of a 4688 for the user when there is one', () => {
    expect(presentFields('Endpoint.Processes', process({ TargetUserName: 'bob' })).user).toBe('bob');
  });
});

describe('Endpoint.Filesystem', () => {
  const file = (eventId: number, values: Readonly<Record<string, string>> = {}) =>
    sysmonRecord(eventId, {
      UtcTime: '2023-02-08 13:01:11.053',
      ProcessGuid: GUID,
      ProcessId: '9332',
      User: 'CORP\\admin',
      Image: POWERSHELL_EXE,
      TargetFilename: 'C:\\Temp\\x.pfx',
      ...values,
    });
  const common = {
    dest: 'win10-02.offsec.lan',
    file_acl: 'unknown',
    file_name: 'x.pfx',
    file_path: 'C:\\Temp\\x.pfx',
    parent_process: 'unknown',
    parent_process_name: 'unknown',
    process: 'unknown',
    process_exec: 'powershell.exe',
    process_guid: GUID,
    process_id: '9332',
    process_name: 'powershell.exe',
    process_path: POWERSHELL_EXE,
    user: 'admin',
    vendor_product: 'Microsoft Sysmon',
  };

  it('has a file that was created (event 11), or modified when it was created before', () => {
    const created = file(11, { CreationUtcTime: '2023-02-08 13:01:11.053' });
    expect(modelsOf(created)).toEqual(['Endpoint.Filesystem']);
    expect(presentFields('Endpoint.Filesystem', created)).toEqual({
      ...common,
      action: 'created',
      file_create_time: '2023-02-08 13:01:11.053',
      file_hash: 'unknown',
    });
    const modified = file(11, { CreationUtcTime: '2021-01-01 00:00:00.000' });
    expect(presentFields('Endpoint.Filesystem', modified).action).toBe('modified');
  });

  it.each([23, 26])('has a file that was deleted (event %i) with its hashes', (eventId) => {
    const record = file(eventId, { Hashes: 'MD5=75E7' });
    expect(modelsOf(record)).toEqual(['Endpoint.Filesystem']);
    expect(presentFields('Endpoint.Filesystem', record)).toEqual({
      ...common,
      action: 'deleted',
      file_hash: 'MD5=75E7',
      file_modify_time: '2023-02-08 13:01:11.053',
    });
  });

  const access = (ObjectType: string) =>
    securityRecord(4663, {
      SubjectUserName: 'bob',
      ObjectType,
      ObjectName: 'C:\\Users\\bob\\Login Data',
      ProcessId: '0x10',
      ProcessName: POWERSHELL_EXE,
    });

  it('has the access of a file (4663), named by the whole path of its process, and of nothing else', () => {
    expect(modelsOf(access('File'))).toEqual(['Endpoint.Filesystem']);
    expect(presentFields('Endpoint.Filesystem', access('File'))).toEqual({
      action: 'success',
      dest: 'dc1.corp.example',
      file_acl: 'unknown',
      file_hash: 'unknown',
      file_name: 'Login Data',
      file_path: 'C:\\Users\\bob\\Login Data',
      parent_process: 'unknown',
      parent_process_name: 'unknown',
      process: POWERSHELL_EXE,
      process_id: '4',
      process_name: POWERSHELL_EXE,
      process_path: POWERSHELL_EXE,
      user: 'unknown',
      vendor_product: 'Microsoft Windows',
    });
    expect(modelsOf(access('Key'))).toEqual([]);
  });
});

describe('Endpoint.Registry', () => {
  it('has a value set (Sysmon 13)', () => {
    const TargetObject =
      'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration\\EnableAt';
    const record = sysmonRecord(13, {
      EventType: 'SetValue',
      ProcessGuid: GUID,
      ProcessId: '648',
      Image: POWERSHELL_EXE,
      TargetObject,
      Details: 'DWORD (0x00000001)',
      User: 'CORP\\admin',
    });
    expect(modelsOf(record)).toEqual(['Endpoint.Registry']);
    expect(presentFields('Endpoint.Registry', record)).toEqual({
      action: 'modified',
      dest: 'win10-02.offsec.lan',
      process_guid: GUID,
      process_id: '648',
      registry_hive: 'HKEY_LOCAL_MACHINE\\Software',
      registry_key_name: 'Configuration',
      registry_path: TargetObject,
      registry_value_data: '0x00000001',
      registry_value_name: 'EnableAt',
      registry_value_type: 'REG_DWORD',
      status: 'success',
      user: 'admin',
      vendor_product: 'Microsoft Sysmon',
    });
  });
});

describe('Network', () => {
  it('has a connection (Sysmon 3)', () => {
    const record = sysmonRecord(3, {
      ProcessGuid: GUID,
      ProcessId: '1',
      Image: POWERSHELL_EXE,
      User: 'CORP\\admin',
      Protocol: 'tcp',
      Initiated: 'true',
      SourceIp: '10.0.1.16',
      SourceHostname: '-',
      SourcePort: '49980',
      DestinationIp: '10.0.1.1',
      DestinationHostname: 'fs1.corp.example',
      DestinationPort: '445',
    });
    expect(modelsOf(record)).toEqual(['Network_Traffic.All_Traffic']);
    expect(presentFields('Network_Traffic', record)).toEqual({
      action: 'allowed',
      app: POWERSHELL_EXE,
      dest: 'fs1.corp.example',
      dest_ip: '10.0.1.1',
      dest_port: '445',
      direction: 'outbound',
      dvc: 'win10-02.offsec.lan',
      process_id: '1',
      protocol: 'ip',
      src: '10.0.1.16',
      src_ip: '10.0.1.16',
      src_port: '49980',
      transport: 'tcp',
      user: 'admin',
      vendor_product: 'Microsoft Sysmon',
    });
  });

  it('has a resolved name (Sysmon 22) with all of its answers', () => {
    const record = sysmonRecord(22, {
      QueryName: 'outlook.example',
      QueryStatus: '0',
      QueryResults: 'type:  5 ha.outlook.example;::ffff:52.109.8.22;',
      Image: POWERSHELL_EXE,
    });
    expect(modelsOf(record)).toEqual(['Network_Resolution.DNS']);
    expect(presentFields('Network_Resolution', record)).toEqual({
      answer: ['ha.outlook.example', '::ffff:52.109.8.22'],
      dest: 'unknown',
      message_type: 'unknown',
      query: 'outlook.example',
      record_type: 'unknown',
      reply_code: 'unknown',
      reply_code_id: '0',
      src: 'win10-02.offsec.lan',
      vendor_product: 'Microsoft Sysmon',
    });
  });
});

describe('Authentication', () => {
  it('has a logon (4624), with the target account as user', () => {
    const record = securityRecord(4624, {
      SubjectUserName: '-',
      TargetUserName: 'ELMER',
      TargetDomainName: 'CORP',
      LogonType: '3',
      WorkstationName: 'WS1',
      IpAddress: '10.0.1.16',
      IpPort: '49980',
    });
    expect(modelsOf(record)).toEqual(['Authentication.Authentication']);
    expect(presentFields('Authentication', record)).toEqual({
      action: 'success',
      app: 'win:remote',
      dest: 'dc1.corp.example',
      dest_nt_domain: 'CORP',
      signature: 'An account was successfully logged on',
      signature_id: '4624',
      src: 'WS1',
      src_user: 'unknown',
      user: 'ELMER',
      vendor_product: 'Microsoft Windows',
    });
  });
});

describe('Change', () => {
  it('has an account that was created (4720), by whom', () => {
    const record = securityRecord(4720, {
      SubjectUserName: 'dadmin',
      TargetUserName: 'eve',
      TargetSid: 'S-1-5-21-1-2-3-1112',
      TargetDomainName: 'CORP',
    });
    expect(modelsOf(record)).toEqual(['Change.All_Changes']);
    expect(presentFields('Change', record)).toMatchObject({
      'Account_Management.dest_nt_domain': 'CORP',
      'Account_Management.src_user': 'dadmin',
      action: 'created',
      change_type: 'user',
      command: 'unknown',
      object: 'eve',
      object_category: 'user',
      object_id: 'S-1-5-21-1-2-3-1112',
      result: 'account was created',
      status: 'success',
      user: 'eve',
    });
  });

  it('has a scheduled task that was created (4698)', () => {
    const record = securityRecord(4698, {
      SubjectUserName: 'dadmin',
      TaskName: '\\At1',
      TaskContent: '<Task/>',
    });
    expect(modelsOf(record)).toEqual(['Change.All_Changes']);
    expect(presentFields('Change', record)).toMatchObject({
      action: 'created',
      change_type: 'scheduled task',
      object: '\\At1',
      object_attrs: '<Task/>',
      object_category: 'scheduled task',
    });
  });
});

describe('Endpoint.Services', () => {
  it('has a service that was installed (7045), by the service control manager alone', () => {
    const values: readonly DataItem[] = [
      ['ServiceName', 'evil'],
      ['ImagePath', 'C:\\evil.exe'],
      ['StartType', 'auto start'],
    ];
    const system = { channel: 'System', providerName: 'Service Control Manager', eventId: 7045 };
    expect(modelsOf(makeRecord({ ...system, providerName: 'Other' }, values))).toEqual([]);
    expect(presentFields('Endpoint.Services', makeRecord({ ...system, computer: 'dc1' }, values))).toEqual({
      dest: 'dc1',
      service: 'evil',
      service_id: 'unknown',
      service_name: 'evil',
      service_path: 'C:\\evil.exe',
      start_mode: 'auto start',
      status: 'unknown',
      user: 'unknown',
      vendor_product: 'Microsoft Windows',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { hasSharedData } from '#lib/evidence/evtx/testing/read-all.ts';
import { makeRecord, POWERSHELL, sharedRecords } from '../testing.ts';
import { eventFromRecord } from '../windows.ts';

const fields = (record: Parameters<typeof eventFromRecord>[0], ...names: string[]) => {
  const event = eventFromRecord(record);
  return Object.fromEntries(names.map((name) => [name, event.get(name)]));
};

const audit = (eventId: number, values: Readonly<Record<string, string>>, keywords = '0x8020000000000000') =>
  makeRecord({ channel: 'Security', eventId, keywords, computer: 'dc1' }, Object.entries(values));

describe('Security', () => {
  it('has the names that the add-on gives beside those of the event', () => {
    const record = audit(4625, {
      SubjectUserName: 'SVC$',
      SubjectDomainName: 'CORP',
      SubjectLogonId: '0x3e7',
      TargetUserName: 'bob',
      TargetDomainName: 'CORP',
      Status: '0xc000006d',
      SubStatus: '0xc000006a',
      LogonType: '2',
      IpAddress: '10.1.1.1',
      IpPort: '0',
    });
    expect(
      fields(
        record,
        ...['Caller_User_Name', 'Caller_Domain', 'Logon_ID', 'Target_User_Name', 'Target_Domain'],
        ...[
          'Error_Code',
          'Sub_Status',
          'Logon_Type',
          'Source_Port',
          'Source_Workstation',
          'user',
          'src_user',
        ],
        ...['session_id', 'src', 'src_ip', 'app', 'signature', 'name', 'subject'],
      ),
    ).toEqual({
      Caller_User_Name: 'SVC$',
      Caller_Domain: 'CORP',
      Logon_ID: '0x3e7',
      Target_User_Name: 'bob',
      Target_Domain: 'CORP',
      Error_Code: '0xc000006d',
      Sub_Status: '0xc000006a',
      Logon_Type: '2',
      Source_Port: '0',
      Source_Workstation: '10.1.1.1',
      user: 'bob',
      src_user: 'SVC$',
      session_id: '0x3e7',
      src: '10.1.1.1',
      src_ip: '10.1.1.1',
      app: 'win:local',
      signature: 'An account failed to log on',
      name: 'An account failed to log on',
      subject: 'An account failed to log on',
    });
  });

  it.each([
    [4624, '0x8020000000000000', 'success'],
    [4625, '0x8010000000000000', 'failure'],
    [4688, '0x8020000000000000', 'allowed'],
    [4688, '0x8010000000000000', 'failure'],
    [4720, '0x8020000000000000', 'created'],
    [1102, '0x4020000000000000', 'cleared'],
    [4732, '0x8020000000000000', 'success'],
    [4624, 'nonsense', null],
    [9999, '0x0', null],
  ])('says of event %i with keywords %s: %s', (eventId, keywords, action) => {
    expect(fields(audit(eventId, {}, keywords), 'action')).toEqual({ action });
  });

  it('has no source that is a dash, and no loopback address', () => {
    const values = (WorkstationName: string, IpAddress: string) =>
      fields(audit(4624, { WorkstationName, IpAddress }), 'src', 'src_ip');
    expect(values('-', '10.1.1.1')).toEqual({ src: null, src_ip: '10.1.1.1' });
    expect(values('\\\\WS1', '::1')).toEqual({ src: 'WS1', src_ip: null });
    expect(values('', '127.0.0.1')).toEqual({ src: '127.0.0.1', src_ip: null });
  });

  it('takes the server of an explicit logon for its destination (4648)', () => {
    expect(fields(audit(4648, { TargetServerName: 'fs1' }), 'dest', 'app')).toEqual({
      dest: 'fs1',
      app: 'win:remote',
    });
    expect(fields(audit(4648, { TargetServerName: '-' }), 'dest')).toEqual({ dest: 'dc1' });
  });

  it('has the subject for user where an event has no target, but for the access of a file', () => {
    const subject = { SubjectUserName: 'bob' };
    expect(fields(audit(4698, subject), 'user')).toEqual({ user: 'bob' });
    expect(fields(audit(4663, subject), 'user', 'src_user')).toEqual({ user: null, src_user: 'bob' });
    expect(fields(audit(4624, { SubjectUserName: '-', TargetUserName: '-' }), 'user')).toEqual({ user: '-' });
  });

  it('names the group of a change of groups, and of no other event', () => {
    const values = { TargetUserName: 'Admins', TargetDomainName: 'CORP' };
    expect(fields(audit(4732, values), 'Group_Name', 'Group_Domain')).toEqual({
      Group_Name: 'Admins',
      Group_Domain: 'CORP',
    });
    expect(fields(audit(4720, values), 'Group_Name')).toEqual({ Group_Name: null });
  });

  it('has the file of a share', () => {
    const record = audit(5145, { ObjectType: 'Share', ShareName: '\\\\*\\C$', ShareLocalPath: '\\??\\C:\\' });
    expect(fields(record, 'file_name', 'file_path')).toEqual({
      file_name: '\\\\*\\C$',
      file_path: '\\??\\C:\\',
    });
  });
});

describe('other logs of Windows', () => {
  it('have their values as XML text too', () => {
    const record = makeRecord({ channel: 'System', eventId: 7040 }, [
      ['param1', 'A & B'],
      ['', 'x'],
    ]);
    expect(fields(record, 'EventData_Xml', 'UserData_Xml')).toEqual({
      EventData_Xml: "<Data Name='param1'>A &amp; B</Data><Data>x</Data>",
      UserData_Xml: null,
    });
  });

  it('name the service whose start type changed (7040)', () => {
    const record = makeRecord({ channel: 'System', providerName: 'Service Control Manager', eventId: 7040 }, [
      ['param1', 'Windows Update'],
      ['param2', 'auto start'],
      ['param3', 'disabled'],
      ['param4', 'wuauserv'],
    ]);
    expect(fields(record, 'service', 'service_name', 'ServiceName', 'start_mode')).toEqual({
      service: 'Windows Update',
      service_name: 'Windows Update',
      ServiceName: 'Windows Update',
      start_mode: 'disabled',
    });
  });

  it('have the signature of module logging, whose values stay as they are (4103)', () => {
    const record = makeRecord({ channel: POWERSHELL, eventId: 4103 }, [
      ['ContextInfo', 'Host Application = powershell.exe -enc AAA'],
      ['Payload', 'CommandInvocation(Get-Date): "Get-Date"'],
    ]);
    expect(fields(record, 'signature', 'Payload', 'CommandLine', 'tag')).toEqual({
      signature: 'Microsoft-Windows-PowerShell Executing Pipeline',
      Payload: 'CommandInvocation(Get-Date): "Get-Date"',
      CommandLine: null,
      tag: null,
    });
  });
});

describe.skipIf(!hasSharedData)('real audits (need the shared evidence)', () => {
  it('name the processes of an at job', async () => {
    const records = await sharedRecords(
      'evtx/evtx-to-mitre/ID4688-Interactive shell using AT schedule task.evtx',
    );
    const names = records
      .filter((record) => record.system.eventId === 4688)
      .map((record) => fields(record, 'process_name', 'action').process_name);
    expect(names).toContain('at.exe');
  });
});

import { describe, expect, it } from 'vitest';
import { sysmonRecord } from '../testing.ts';
import { eventFromRecord } from '../windows.ts';

const fields = (record: Parameters<typeof eventFromRecord>[0], ...names: string[]) => {
  const event = eventFromRecord(record);
  return Object.fromEntries(names.map((name) => [name, event.get(name)]));
};

describe('Sysmon', () => {
  it('names the process acted on, and the acting one as its parent, where there are two (10)', () => {
    const record = sysmonRecord(10, {
      SourceProcessGUID: '{A}',
      SourceProcessId: '11',
      SourceImage: 'C:\\x\\evil.exe',
      TargetProcessGUID: '{B}',
      TargetProcessId: '12',
      TargetImage: 'C:\\Windows\\system32\\lsass.exe',
      GrantedAccess: '0x1010',
    });
    expect(
      fields(
        record,
        ...['process_name', 'process_path', 'process_guid', 'process_id', 'parent_process_name'],
        ...['parent_process_path', 'parent_process_guid', 'parent_process_id', 'granted_access', 'os'],
      ),
    ).toEqual({
      process_name: 'lsass.exe',
      process_path: 'C:\\Windows\\system32\\lsass.exe',
      process_guid: '{B}',
      process_id: '12',
      parent_process_name: 'evil.exe',
      parent_process_path: 'C:\\x\\evil.exe',
      parent_process_guid: '{A}',
      parent_process_id: '11',
      granted_access: '0x1010',
      os: 'Microsoft Windows',
    });
  });

  it('names a loaded library beside the process that loads it (7), and takes hashes apart', () => {
    const record = sysmonRecord(7, {
      ProcessGuid: '{A}',
      Image: 'C:\\x\\evil.exe',
      ImageLoaded: 'C:\\x\\bad.dll',
      OriginalFileName: '-',
      Hashes: 'SHA1=AA,MD5=BB,SHA256=CC,IMPHASH=',
      Signed: 'false',
      SignatureStatus: 'Unavailable',
    });
    expect(
      fields(
        record,
        ...['process_name', 'process', 'loaded_file', 'loaded_file_path', 'original_file_name', 'MD5'],
        ...['SHA256', 'IMPHASH', 'service_dll_signature_exists', 'service_dll_signature_verified', 'tag'],
      ),
    ).toEqual({
      process_name: 'evil.exe',
      process: 'C:\\x\\evil.exe',
      loaded_file: 'bad.dll',
      loaded_file_path: 'C:\\x\\bad.dll',
      original_file_name: null,
      MD5: 'BB',
      SHA256: 'CC',
      IMPHASH: null,
      service_dll_signature_exists: 'false',
      service_dll_signature_verified: 'false',
      tag: null,
    });
  });

  it('has the stream of a file with its hash (15), and is in no data model for it', () => {
    const record = sysmonRecord(15, {
      Image: 'C:\\x\\a.exe',
      TargetFilename: 'C:\\d\\Good.txt:Zone.Identifier',
      UtcTime: '1',
      CreationUtcTime: '1',
      Hash: 'MD5=C7',
    });
    expect(fields(record, 'file_path', 'file_name', 'file_hash', 'MD5', 'action', 'process', 'tag')).toEqual({
      file_path: 'C:\\d\\Good.txt:Zone.Identifier',
      file_name: 'Good.txt:Zone.Identifier',
      file_hash: 'MD5=C7',
      MD5: 'C7',
      action: 'created',
      process: 'C:\\x\\a.exe',
      tag: null,
    });
  });

  it('takes the driver for the image of its loading (6)', () => {
    const record = sysmonRecord(6, {
      ImageLoaded: 'C:\\d\\mimidrv.sys',
      Signed: 'true',
      SignatureStatus: 'Valid',
    });
    expect(fields(record, 'process_path', 'service_signature_exists', 'service_signature_verified')).toEqual({
      process_path: 'C:\\d\\mimidrv.sys',
      service_signature_exists: 'true',
      service_signature_verified: 'true',
    });
  });

  it('has the direction of a connection, and addresses where names are missing (3)', () => {
    const connection = (values: Readonly<Record<string, string>>) =>
      fields(sysmonRecord(3, values), 'direction', 'src', 'dest');
    expect(
      connection({
        Initiated: 'false',
        SourceIp: '10.0.0.1',
        DestinationIp: '10.0.0.2',
        DestinationHostname: '-',
      }),
    ).toEqual({ direction: 'inbound', src: '10.0.0.1', dest: '10.0.0.2' });
    expect(connection({ Initiated: '' })).toEqual({
      direction: null,
      src: null,
      dest: 'win10-02.offsec.lan',
    });
  });

  it.each([
    ['-', null],
    ['type:  1 20.7.1.246;', '20.7.1.246'],
    ['::1;fe80::1;', ['::1', 'fe80::1']],
    [';;', null],
  ])('reads the DNS results %j as %j', (QueryResults, answer) => {
    expect(fields(sysmonRecord(22, { QueryResults }), 'answer', 'dest')).toEqual({ answer, dest: null });
  });
});

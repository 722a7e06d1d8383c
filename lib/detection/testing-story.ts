import { makeRecord, POWERSHELL, sysmonRecord } from '#lib/events/testing.ts';

/** One story: EnableAt is switched on, then a script makes a job by the WMI class that it enables. */
export const SYSTEM = {
  computer: 'win10-02.offsec.lan',
  version: '2',
  level: '4',
  task: '13',
  opcode: '0',
  keywords: '0x8000000000000000',
  processId: '1152',
  threadId: '1212',
} as const;
export const registryWrite = sysmonRecord(
  13,
  {
    RuleName: '-',
    EventType: 'SetValue',
    UtcTime: '2024-03-05 09:14:02.124',
    ProcessGuid: '{0C1E0330-048F-60E8-0B00-00000000D001}',
    ProcessId: '628',
    Image: 'C:\\Windows\\System32\\reg.exe',
    TargetObject: 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration\\EnableAt',
    Details: 'DWORD (0x00000001)',
    User: 'OFFSEC\\jo',
  },
  {
    ...SYSTEM,
    recordId: '11',
    systemTime: '2024-03-05T09:14:02.1250000Z',
    providerGuid: '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}',
  },
);
export const scriptBlock = makeRecord(
  {
    ...SYSTEM,
    providerName: 'Microsoft-Windows-PowerShell',
    providerGuid: '{A0C1853B-5C40-4B15-8766-3CF1C58F985A}',
    channel: POWERSHELL,
    eventId: 4104,
    version: '1',
    level: '5',
    task: '2',
    opcode: '15',
    keywords: '0x0',
    recordId: '12',
    systemTime: '2024-03-05T09:16:00.0030000Z',
    activityId: '{547232D9-5B2B-0007-6CA6-72542B5BD801}',
    userId: 'S-1-5-21-2059343465-2300599999-2417073716-500',
  },
  [
    ['MessageNumber', '1'],
    ['MessageTotal', '1'],
    [
      'ScriptBlockText',
      '$c = [wmiclass]"\\\\srv-2\\root\\cimv2:Win32_ScheduledJob"\r\n$c.Create("calc.exe", "********091800.000000+000")',
    ],
    ['ScriptBlockId', 'e3013ff9-7017-47b3-9150-dda5a8860adb'],
    ['Path', ''],
  ],
);
export const SCRIPT_TEXT = scriptBlock.data[2]?.[1] ?? '';
export const STORY = [registryWrite, scriptBlock];

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTargets, targetsOf } from './targets.ts';

describe('targetsOf', () => {
  it.each<[string, string, readonly string[]]>([
    ['a parameter', 'Get-WmiObject -Class Win32_ScheduledJob -ComputerName SRV1', ['srv1']],
    [
      'its short forms',
      'gwmi Win32_ScheduledJob -CN srv1; gwmi x -Computer srv2; gwmi x -comp srv3',
      ['srv1', 'srv2', 'srv3'],
    ],
    ['a list in all quotes', `gwmi x -ComputerName A, 'B',"C" -Credential $c`, ['a', 'b', 'c']],
    ['a list over lines', "icm -ComputerName 'A',\n  'B' { 1 }", ['a', 'b']],
    ['a list in parentheses', "icm -ComputerName @('A','B') -ScriptBlock { 1 }", ['a', 'b']],
    ['a colon', 'gwmi x -ComputerName:"SRV1"', ['srv1']],
    ['a backtick in the name and at the end of the line', 'gwmi x -Comp`uterName `\r\n  SRV1', ['srv1']],
    ['splatting', "$p = @{ ComputerName = 'SRV1'; Class = 'Win32_ScheduledJob' }; gwmi @p", ['srv1']],
    [
      'a session',
      '$s = New-CimSession -ComputerName SRV1; Invoke-CimMethod -CimSession $s -MethodName Create',
      ['srv1'],
    ],
    ['a session by position', 'New-CimSession SRV1 -Credential $c', ['srv1']],
    ['a session by name of the host', 'Get-CimInstance -CimSession SRV1 Win32_ScheduledJob', ['srv1']],
    [
      'a class path',
      String.raw`([wmiclass]"\\SRV1\root\cimv2:Win32_ScheduledJob").Create("calc","********143000.000000-420")`,
      ['srv1'],
    ],
    [
      'a class path in single quotes',
      String.raw`[WMICLASS]'\\srv1.corp.example\ROOT\CIMV2:Win32_ScheduledJob'`,
      ['srv1.corp.example'],
    ],
    [
      'a class path with a variable',
      String.raw`$h = 'SRV1'; [wmiclass]"\\$h\root\cimv2:Win32_ScheduledJob"`,
      ['srv1'],
    ],
    ['a class path with a braced variable', '$h = "SRV1"\n[wmiclass]"\\\\$' + '{h}\\root\\cimv2"', ['srv1']],
    [
      'a class path joined from parts',
      String.raw`$c='SRV1'; [wmiclass]("\\" + $c + "\root\cimv2:Win32_ScheduledJob")`,
      ['srv1'],
    ],
    [
      'a class path by format',
      String.raw`$c='SRV1'; [wmiclass]("\\{0}\root\cimv2:{1}" -f $c, 'Win32_ScheduledJob')`,
      ['srv1'],
    ],
    ['a moniker', 'GetObject("winmgmts:{impersonationLevel=impersonate}!\\\\SRV1\\root\\cimv2")', ['srv1']],
    ['a moniker with slashes', '[wmi]"winmgmts://SRV1/root/cimv2"', ['srv1']],
    ['at', String.raw`at \\SRV1 10:00 cmd /c calc`, ['srv1']],
    ['at with its path', String.raw`"C:\Windows\System32\at.exe" \\10.0.0.7 23:30 calc.exe`, ['10.0.0.7']],
    ['at behind cmd', String.raw`cmd.exe /c "at \\SRV1 10:00 calc"`, ['srv1']],
    ['wmic', 'wmic /node:SRV1 job call create "calc",0,1', ['srv1']],
    [
      'wmic with a list',
      'wmic.exe /NODE:"srv1","10.0.0.7",srv3 /user:x job call create',
      ['srv1', '10.0.0.7', 'srv3'],
    ],
    ['winrs', 'winrs -r:https://SRV1:5986 "at 10:00 calc"', ['srv1']],
    ['schtasks', 'schtasks /create /s SRV1 /tn At1 /tr calc', ['srv1']],
    [
      'a script in a command line',
      `powershell.exe -NoProfile -c "Invoke-Command -ComputerName SRV1 -ScriptBlock {at 10:00 calc}"`,
      ['srv1'],
    ],
    ['a variable', "$h='SRV1'; gwmi Win32_ScheduledJob -ComputerName $h", ['srv1']],
    ['a variable of a variable', "$a = 'SRV1'\n$b = $a\ngwmi x -ComputerName $b", ['srv1']],
    ['a variable of a list', "$all = 'A','B'\nicm -cn $all { 1 }", ['a', 'b']],
    ['a loop', "foreach ($c in 'A','B') { gwmi x -ComputerName $c }", ['a', 'b']],
    [
      'a loop over a variable',
      "$all = @('A','B')\nforeach ($c in $all) { gwmi x -ComputerName $c }",
      ['a', 'b'],
    ],
    [
      'defaults of parameters',
      "param([string]$Computer = 'SRV1', [string]$Run = 'calc')\ngwmi x -ComputerName $Computer",
      ['srv1'],
    ],
    [
      'untyped defaults of parameters',
      "param($Computer='SRV1',$Run='calc')\ngwmi x -ComputerName $Computer",
      ['srv1'],
    ],
    ['one host twice in other letters', 'gwmi x -ComputerName SRV1; gwmi x -ComputerName srv1', ['srv1']],
    ['a trailing dot', 'gwmi x -ComputerName SRV1.corp.example.', ['srv1.corp.example']],
    ['an address of IPv6', 'gwmi x -ComputerName fe80::1', ['fe80::1']],
  ])('reads %s', (_, text, expected) => {
    expect(targetsOf(text)).toEqual(expected);
  });

  it.each<[string, string]>([
    ['nothing named', "([wmiclass]'Win32_ScheduledJob').Create('calc','********143000.000000-420')"],
    ['localhost', 'gwmi x -ComputerName localhost'],
    ['the dot', String.raw`gwmi x -ComputerName .; [wmiclass]"\\.\root\cimv2:Win32_ScheduledJob"`],
    ['loopback', 'gwmi x -ComputerName 127.0.0.1,::1'],
    [
      'the own name',
      String.raw`gwmi x -ComputerName $env:COMPUTERNAME; [wmiclass]"\\$env:COMPUTERNAME\root\cimv2"`,
    ],
    ['a namespace on the own host', String.raw`gwmi -Namespace root\cimv2 -Class Win32_ScheduledJob`],
    ['a variable that is never assigned', 'gwmi x -ComputerName $computer'],
    ['a variable that is assigned twice', "$h='A'; $h='B'; gwmi x -ComputerName $h"],
    ['a variable that is added to', "$h='A'; $h += 'B'; gwmi x -ComputerName $h"],
    ['a member of a variable', "$h='A'; gwmi x -ComputerName $h.Name"],
    ['what another command gives', 'gwmi x -ComputerName (Get-Content hosts.txt)'],
    ['a comment', '# gwmi x -ComputerName SRV1\n<# at \\\\SRV1 10:00 #>\ngwmi Win32_ScheduledJob'],
    ['a share', String.raw`copy \\files\tools\x.exe C:\x.exe`],
    ['at without a host', 'at 10:00 calc'],
    ['a file of hosts', 'wmic /node:@hosts.txt job list'],
    ['the s of another command', 'dir /s SRV1'],
  ])('finds no other host in %s', (_, text) => {
    expect(readTargets(text)).toEqual({ remote: [], isLocal: true });
  });

  it('tells the own host among others', () => {
    expect(readTargets('gwmi x -ComputerName localhost,SRV1')).toEqual({ remote: ['srv1'], isLocal: true });
    expect(readTargets('gwmi x -ComputerName SRV1')).toEqual({ remote: ['srv1'], isLocal: false });
  });

  it('survives any text, and finds only names that stand in it', () => {
    const word = fc.constantFrom(
      ...[
        '-ComputerName',
        '-cn:',
        '\\\\',
        '\\root',
        '"',
        "'",
        '`',
        '$h',
        '=',
        '+',
        ',',
        '(',
        ')',
        '@',
        '{0}',
        '-f',
        'at',
        '\n',
      ],
      ...['SRV1', ' ', 'foreach', 'in', '<#', '#>', '/node:', 'wmic', '[wmiclass]', '${', '//', ';'],
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
      fc.array(word, { maxLength: 60 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(text, (any) => {
        for (const name of targetsOf(any)) {
          expect(
            any
              .toLowerCase()
              .replaceAll('`', '')
              .replace(/''|""/g, (two) => two.charAt(0)),
          ).toContain(name);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads a script of megabytes to its end', () => {
    const filler = '$x = \'a\' + "b"; '.repeat(200_000);
    expect(targetsOf(`${filler}\ngwmi x -ComputerName SRV1`)).toEqual(['srv1']);
    for (const one of ['\\', '"', "'", '`', '$a=', '(', '-cn ', '"\\\\"+', '{', ','])
      expect(targetsOf(one.repeat(300_000))).toEqual([]);
    expect(targetsOf(`-ComputerName ${'a,'.repeat(300_000)}`)).toEqual(['a']);
  });
});

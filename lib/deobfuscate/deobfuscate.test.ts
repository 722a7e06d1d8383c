import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type DecodingMethod, deobfuscate } from './deobfuscate.ts';

const NAME = 'Win32_ScheduledJob';
const CODES = [...NAME].map((char) => char.charCodeAt(0));
const BACKWARDS = [...NAME].reverse().join('');
const SCRIPT = `Get-WmiObject -Class ('Win32_'+'Sched'+"uledJob")`;
const utf16 = (text: string) => Buffer.from(text, 'utf16le').toString('base64');
const utf8 = (text: string) => Buffer.from(text).toString('base64');
const hex = (code: number) => `0x${code.toString(16)}`;

/** What is written, and the methods of the steps that undo it, in their order. */
type Example = readonly [script: string, ...methods: DecodingMethod[]];

const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  'backticks in words, parameters, members and strings': [
    ['Get-WmiObject -Class Win32_Sch`eduledJob', 'backticks'],
    ['g`w`mi "Win32_`Sched`uledJob"', 'backticks', 'backticks'],
    ['gwmi Win32_Sched`\r\nuledJob', 'backticks'],
    ['gwmi -Cl`ass Win32_""ScheduledJob', 'backticks', 'quotes'],
    ["gwmi 'Win32_xScheduledJob'.re`place('x','')", 'backticks', 'replacement'],
  ],
  'quotes and adjacent variables inside words': [
    ['gwmi Win32_"Sched"uledJob', 'quotes'],
    ["gwmi Win32_''ScheduledJob", 'quotes'],
    ["$a='Win32_';$b='ScheduledJob';gwmi $a$b", 'variable'],
    ["$b='ScheduledJob';gwmi Win32_$b", 'variable'],
  ],
  'carets of cmd': [
    ['cmd /c wm^ic path Win32_Sch^eduledJob call create', 'carets', 'carets'],
    [
      'C:\\Windows\\System32\\cmd.exe /c "p^owershell gwmi Win32_Sched^uledJob"',
      'script text',
      'carets',
      'carets',
    ],
    ['p^o^w^ershell gwmi Win32_^Sched^uledJob', 'carets', 'carets'],
    ['cmd /c "a b"^x Win32_^ScheduledJob', 'carets', 'carets'],
  ],
  concatenation: [
    [`gwmi ('Win32_'+'Sched'+"uledJob")`, 'concatenation'],
    [`gwmi (('Win32_'+('Sched')) + "uledJob")`, 'concatenation', 'concatenation'],
    ["gwmi ('Win32_' +\r\n  'ScheduledJob')", 'concatenation'],
    ["gwmi ($prefix + 'Win32_' + 'ScheduledJob')", 'concatenation'],
    ["gwmi $('Win32_'+'ScheduledJob')", 'concatenation'],
    ["[wmiclass]('root\\cimv2:Win32_'+'ScheduledJob')", 'concatenation'],
    ['gwmi (\u2018Win32_\u2019+\u201cScheduledJob\u201d)', 'concatenation'],
  ],
  'the format operator': [
    ["gwmi ('{1}{0}' -f 'uledJob','Win32_Sched')", 'format'],
    [`gwmi ("{2}{0,-3}{1}"-f'Sched','uledJob','Win32_')`, 'format'],
    ["gwmi ([string]::Format('{0}{1}','Win32_','ScheduledJob'))", 'format'],
    ["gwmi ('{0}{1}' -f 'Win32_',('Sched'+'uledJob'))", 'concatenation', 'format'],
  ],
  'character codes': [
    [`gwmi (${CODES.map((code) => `[char]${code}`).join('+')})`, 'character codes', 'concatenation'],
    [`gwmi (${CODES.map((code) => `[CHar](${hex(code)})`).join(' + ')})`, 'character codes', 'concatenation'],
    ["gwmi ('Win'+[char]51+'2_ScheduledJob')", 'character codes', 'concatenation'],
    [`gwmi ([char[]](${CODES.join(',')}) -join '')`, 'character codes'],
    [`gwmi (-join([char[]](${CODES.map(hex).join(', ')})))`, 'character codes'],
    [`gwmi (((${CODES.join(',')})|%{[char]$_}) -join '')`, 'character codes'],
    [`gwmi (-join(${CODES.join(',')}|ForEach-Object { [char][int]$_ }))`, 'character codes'],
    [`gwmi (-join('${CODES.join('~')}'.Split('~')|%{([int]$_ -as [char])}))`, 'character codes'],
    [
      `gwmi (-join('${CODES.map((code) => code ^ 33).join('x')}' -split 'x'|%{[char]($_ -bxor 0x21)}))`,
      'character codes',
    ],
    [
      `gwmi ([string]::Join('',('${CODES.map((code) => code.toString(16)).join('-')}'-split'-'|foreach{[char]([Convert]::ToInt16($_,16))})))`,
      'character codes',
    ],
    [`gwmi ([Text.Encoding]::ASCII.GetString([byte[]](${CODES.join(',')})))`, 'character codes'],
    [`gwmi ([string](${CODES.join(',')}|%{[char]$_}))`, 'character codes'],
  ],
  'reversed strings': [
    [`gwmi ('${BACKWARDS}'[-1..-${BACKWARDS.length}] -join '')`, 'reversal'],
    [`gwmi (('${BACKWARDS}'[ -1 .. -${BACKWARDS.length} ] -join ''))`, 'reversal'],
    [`gwmi (-join "${BACKWARDS}"[-1..-("${BACKWARDS}".Length)])`, 'reversal'],
    [`$a='${BACKWARDS}'.ToCharArray();[array]::Reverse($a);gwmi (-join $a)`, 'reversal'],
    [`$x='${BACKWARDS}';gwmi ($x[-1..-($x.Length)] -join '')`, 'reversal'],
    [`gwmi (-join([regex]::Matches('${BACKWARDS}','.','RightToLeft')|%{$_.Value}))`, 'reversal'],
  ],
  replacement: [
    ["gwmi ('Win32_XXScheduledJob' -replace 'xx','')", 'replacement'],
    ["gwmi ('Win32_!Sched|uledJob' -creplace '[!|]')", 'replacement'],
    ["gwmi ('WinABCScheduledJob'.Replace('ABC','32_'))", 'replacement'],
    [`gwmi ('WinqABCScheduledJob'.("rep"+"lace").Invoke('qABC','32_'))`, 'concatenation', 'replacement'],
    ["gwmi ('Win32_#ScheduledJob' -replace [char]35)", 'character codes', 'replacement'],
  ],
  'joining and splitting': [
    ["gwmi (('Win32_','Sched','uledJob') -join '')", 'join'],
    ["gwmi ([string]::Join('',@('Win32_','ScheduledJob')))", 'join'],
    ["gwmi ([String]::Concat('Win32_','Sched','uledJob'))", 'join'],
    ["gwmi (('Win32_;Sched;uledJob' -split ';') -join '')", 'join'],
    ["gwmi (-join (-split 'Win32_ Scheduled Job'))", 'join'],
  ],
  'methods of strings and picked characters': [
    ["gwmi ('xxWin32_ScheduledJobxx'.Substring(2,18))", 'string method'],
    ["gwmi ('Win32_Job'.Insert(6,'Scheduled'))", 'string method'],
    [`&($env:ComSpec[4,24,25]-join'') ('gwmi Win32_'+'ScheduledJob')`, 'index', 'concatenation'],
  ],
  'Base64 of command lines': [
    [`powershell.exe -NoP -e ${utf16(`gwmi ${NAME}`)}`, 'base64'],
    [`pwsh -EncodedCommand ${utf16(SCRIPT)}`, 'base64', 'concatenation'],
    [`powershell -eNc "${utf16(SCRIPT)}"`, 'base64', 'concatenation'],
    [`powershell \u2013ec ${utf16(SCRIPT)}`, 'base64', 'concatenation'],
    [`cmd /c "powershell /enco ${utf16(SCRIPT)}"`, 'script text', 'base64', 'concatenation'],
    [
      `Start-Process powershell -ArgumentList '-nop -enc ${utf16(SCRIPT)}'`,
      'script text',
      'base64',
      'concatenation',
    ],
    [`powershell -e^n^c ${utf16(`gwmi ${NAME}`)}`.replace('pow', 'p^ow'), 'carets', 'carets', 'base64'],
  ],
  'Base64 in scripts': [
    [
      `iex ([Text.Encoding]::Unicode.GetString([Convert]::FromBase64String('${utf16(`gwmi ${NAME}`)}')))`,
      'base64',
      'base64',
    ],
    [
      `$s='${utf8(SCRIPT)}';iex ((New-Object Text.UTF8Encoding).GetString([Convert]::FromBase64String($s)))`,
      'base64',
      'base64',
      'script text',
      'concatenation',
    ],
    [
      `iex (New-Object IO.StreamReader((New-Object IO.Compression.GzipStream([IO.MemoryStream][Convert]::FromBase64String('${gzipSync(SCRIPT).toString('base64')}'),'Decompress')))).ReadToEnd()`,
      'compression',
      'script text',
      'concatenation',
    ],
    [`[Convert]::FromBase64String('${deflateRawSync(`gwmi ${NAME}`).toString('base64')}')`, 'compression'],
    [
      `[Convert]::FromBase64String("${deflateSync(Buffer.from(`gwmi ${NAME}`, 'utf16le')).toString('base64')}")`,
      'compression',
    ],
  ],
  variables: [
    [`$a='Win32_';$b='ScheduledJob';gwmi "$a$b"`, 'variable'],
    [`$a='Win32_';$b='ScheduledJob';gwmi ($a+$b)`, 'variable', 'concatenation'],
    [`$a='Win32_';gwmi "\${a}ScheduledJob on $server"`, 'variable'],
    [`$script:a='Win32_';gwmi "$($A)Sched$('uled'+'Job')"`, 'concatenation', 'concatenation'],
    [`$a='Win';$a+='32_';gwmi "\${a}ScheduledJob"`, 'variable'],
    [`$f='{0}{1}';gwmi ($f -f 'Win32_','ScheduledJob')`, 'variable', 'format'],
    [`$a='Win32_';if ($true) { gwmi "\${a}ScheduledJob" }`, 'variable'],
  ],
  'script text in strings': [
    ["iex 'gwmi (''Win32_''+''ScheduledJob'')'", 'script text', 'concatenation'],
    ["'gwmi (''Win32_''+''ScheduledJob'')' | iex", 'script text', 'concatenation'],
    [`&([scriptblock]::Create('gwmi ("Win32_"+"ScheduledJob")'))`, 'script text', 'concatenation'],
    [`powershell -c "gwmi (\\"Win32_\\"+\\"ScheduledJob\\")"`, 'script text', 'concatenation'],
    [
      `cmd.exe /c "powershell -Command \\"gwmi ('Win32_'+'ScheduledJob')\\""`,
      'script text',
      'script text',
      'concatenation',
    ],
  ],
};

describe.each(Object.entries(EXAMPLES))('undoes %s', (_family, examples) => {
  it.each(examples.map(([script, ...methods]) => ({ script, methods })))('$script', ({ script, methods }) => {
    const decoding = deobfuscate(script);
    expect(decoding?.text).toContain(NAME);
    expect(decoding?.steps.map((step) => step.method)).toEqual(methods);
  });
});

describe('nested obfuscation', () => {
  it('is undone layer by layer: Base64 of a format of codes of a reversal', () => {
    const reversed = `'${BACKWARDS}'[-1..-${BACKWARDS.length}] -join ''`;
    const codes = `iex (-join(${[...`gwmi (${reversed})`].map((char) => char.charCodeAt(0)).join(',')}|%{[char]$_}))`;
    const decoding = deobfuscate(`cmd /c "powershell -w hidden -enc ${utf16(codes)}"`);
    expect(decoding?.text).toBe(`cmd /c {powershell -w hidden -enc iex {gwmi ('${NAME}')}}`);
    expect(decoding?.steps.map((step) => step.method)).toEqual([
      'script text',
      'base64',
      'character codes',
      'script text',
      'reversal',
    ]);
  });

  it('is undone to at most eight readings', () => {
    const wrap = (script: string) => `powershell -enc ${utf16(script)}`;
    const layers = (count: number) => Array.from({ length: count }).reduce<string>(wrap, `gwmi ${NAME}`);
    expect(deobfuscate(layers(3))?.text).toContain(NAME);
    expect(deobfuscate(layers(8))?.steps).toHaveLength(8);
  });

  it('names the place of each step in the text as it was before that step', () => {
    const decoding = deobfuscate("x ('a'+'b') ('c'+('d'+'e')) y");
    expect(decoding).toEqual({
      text: "x ('ab') ('cde') y",
      steps: [
        { method: 'concatenation', before: "'a'+'b'", after: "'ab'", from: 3, to: 10 },
        { method: 'concatenation', before: "'d'+'e'", after: "'de'", from: 15, to: 22 },
        { method: 'concatenation', before: "'c'+('de')", after: "'cde'", from: 10, to: 20 },
      ],
    });
  });

  it('cuts what a step shows to 200 characters', () => {
    const [step] = deobfuscate(`'${'a'.repeat(500)}'+'b'`)?.steps ?? [];
    expect(step?.before).toHaveLength(200);
    expect(step?.after).toHaveLength(200);
    expect(step).toMatchObject({ from: 0, to: 506 });
  });
});

import { describe, expect, it } from 'vitest';
import { deobfuscate } from './deobfuscate.ts';

const UNCHANGED: Readonly<Record<string, readonly string[]>> = {
  'plain commands': [
    '',
    'Get-WmiObject -Class Win32_ScheduledJob -ComputerName DC01',
    'Get-Process | Where-Object { $_.CPU -gt 10 } | Sort-Object CPU -Descending',
    'at \\\\DC01 09:00 cmd.exe /c whoami',
    '"C:\\Program Files\\App\\app.exe" /c config.ini -e production',
    'findstr /r "^abc" file.txt',
    'cmd /c echo a ^& b ^> c',
    'Get-ChildItem `\r\n  -Recurse `\r\n  -Force',
  ],
  'strings with escapes and quotes': [
    `Write-Host 'it''s' "say \`"hi\`" to \`$name\`n"`,
    `Write-Host "tab\`there" 'back\`tick' "\`e[31mred\`e[0m"`,
    `'''Win32_''+''ScheduledJob'''`,
    `$text = @'\n'Win32_'+'ScheduledJob'\n'@`,
    `"He said ""'a'+'b'"" twice"`,
    `"unterminated 'a'+'b`,
  ],
  comments: [`# don't 'Win32_'+'ScheduledJob'`, `<# 'Win32_'+'ScheduledJob' #> Get-Date`],
  'what is not known': [
    '$a + $b',
    "'{0}' -f $name",
    "'{0' -f 'a'",
    "'{0}{1}' -f 'a'",
    "'no holes' -f 'a'",
    "Copy-Item 'C:\\{0}' -f\n'next'",
    "'abc' -replace '^a(.)','$1'",
    "[char]$code + 'x'",
    "[Convert]::FromBase64String('AAECAwQF/v8=')",
    'tool -e dGVzdHRlc3Q=',
    'git log -e abcdefgh12345678',
    '1 + 2 * 3',
  ],
  'variables that may hold something else': [
    `function f($a='Win32_') { gwmi "\${a}Foo" }`,
    `param($a='Win32_')\ngwmi "\${a}Foo"`,
    `$a='x'; while ($true) { "\${a}y"; $a=$a+$z }`,
    `foreach ($a in 'x','y') { "\${a}b" }`,
    `if ($c) { $a='x' } else { $a='y' }; "\${a}b"`,
    `$a='x'; $a=Get-Date; "\${a}b"`,
    `$name='World'; Write-Host "Hello $name!"`,
  ],
};

describe.each(Object.entries(UNCHANGED))('leaves %s as they are', (_kind, texts) => {
  it.each(texts)('%s', (text) => {
    expect(deobfuscate(text)).toBeNull();
  });
});

describe('keeps the meaning', () => {
  it('of quotes in what it puts together', () => {
    expect(deobfuscate(`'it''s '+"a ""b"" \`$c"`)?.text).toBe(`'it''s a "b" $c'`);
  });

  it('of what surrounds an expression', () => {
    const text = `function Get-X {\n  # don't\n  param([string]$n = "it's")\n  "$n" + 'a' + 'b' # c\n}\n`;
    expect(deobfuscate(text)?.text).toBe(text.replace(`'a' + 'b'`, `'ab'`));
  });

  it('of dollar signs and quotes in a string that is only known in part', () => {
    expect(deobfuscate(`$a='$"'; "x\${a}y$unknown"`)?.text).toBe(`$a='$"'; "x\`$\`"y$unknown"`);
  });

  it('of a variable that is assigned again', () => {
    expect(deobfuscate(`$a='x';"\${a}1";$a='y';"\${a}2"`)?.text).toBe(`$a='x';'x1';$a='y';'y2'`);
  });
});

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { deobfuscate } from './deobfuscate.ts';
import { LONGEST_TEXT, longestResult, MOST_STEPS_LISTED } from './limits.ts';

const LENGTH = 1024 * 1024;
const fill = (piece: string) => piece.repeat(Math.floor(LENGTH / piece.length));
const bomb = gzipSync(Buffer.alloc(64 * LENGTH, 'a')).toString('base64');

/** Each would take minutes (the test would time out) or memory without end, if the work were not bounded. */
const HOSTILE: Readonly<Record<string, string>> = {
  'a sum without end': fill("'a'+"),
  'many sums': fill("'a'+'b';"),
  'sums with unknowns in between': fill("$x+'a'+'b'+"),
  'open parentheses': fill('('),
  'open parentheses with sums': fill("('a'+"),
  'strings in expressions in strings': fill('"$("'),
  'open blocks': fill('{'),
  'open indexes': fill('a['),
  casts: fill('[char]'),
  'open calls': fill('[Convert]::FromBase64String('),
  formats: fill('"{0}"-f'),
  'assignments of assignments': fill('$a='),
  'a string that doubles itself': `$a='xxxxxxxxxxxxxxxx';${fill('$a="$a$a";')}`,
  'a string that grows by itself': `$a='x';${fill('$a=$a+$a;')}`,
  'replacements in a long string': `'${fill('x')}'${fill(".Replace('x','x')")}`,
  'growing replacements': `'${fill('x')}'${".Replace('x','xxxxxxxxxx')".repeat(20)}`,
  'loops in loops': `1..500000|%{1..500000|%{[char]$_}}`,
  'nested loops': fill('1..9|%{'),
  'here-strings that never end': fill("@'\n"),
  'comments that never end': fill('<#'),
  'braced variables that never end': fill('${a'),
  'quotes of command lines': `cmd ${fill('/c "')}`,
  'quotes and carets of command lines': fill('cmd "a"^b "^c"\n'),
  'scripts in strings': fill("iex 'iex ''a''+''b''';"),
  'scripts in strings that never end': fill("iex '"),
  backticks: fill('`'),
  carets: `cmd /c ${fill('^')}`,
  'compressed bombs': `[Convert]::FromBase64String('${bomb}');`.repeat(40),
  'half surrogate pairs': fill('\ud800`a'),
};

describe('hostile text', () => {
  it.each(Object.entries(HOSTILE))('%s: ends, within the bound of the result', (_name, text) => {
    const decoding = deobfuscate(text);
    expect(decoding?.text.length ?? 0).toBeLessThanOrEqual(longestResult(text.length));
  });

  it('is undone past the steps that are listed', () => {
    const decoding = deobfuscate(`${"('a'+'b');".repeat(MOST_STEPS_LISTED + 10)}('Win32_'+'ScheduledJob')`);
    expect(decoding?.steps).toHaveLength(MOST_STEPS_LISTED);
    expect(decoding?.text.endsWith("('Win32_ScheduledJob')")).toBe(true);
  });

  it('over the length that is looked at gives null', () => {
    const text = `'a'+'b'${' '.repeat(LONGEST_TEXT)}`;
    expect(deobfuscate(text)).toBeNull();
    expect(deobfuscate(text.slice(0, LONGEST_TEXT))?.text.startsWith("'ab' ")).toBe(true);
  });

  it('does not hide a name behind unclosed brackets, stray closers or a cut beginning', () => {
    const name = "'Win32_'+'ScheduledJob'";
    for (const text of [
      `)}] ${name}`,
      `${'('.repeat(500)}${name}`,
      `${'{'.repeat(500)}${name}`,
      `[(${name}`,
    ]) {
      expect(deobfuscate(text)?.text).toContain('Win32_ScheduledJob');
    }
  });
});

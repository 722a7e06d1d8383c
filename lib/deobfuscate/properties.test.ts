import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DecodingStep, deobfuscate } from './deobfuscate.ts';
import { quote } from './value.ts';

/** Pieces of PowerShell that matter here, put together at random: mostly nonsense, sometimes an expression. */
const PIECES =
  `'|"|\`|''|""|$|$a|\${a|}|$(|(|)|@(|@{|{|[|]|[char]|[char[]]|[string]|[convert]::|::|.|..|,|;|\n|\r\n| |+|-|-f|-join|-split|-replace|.Replace(|.Split(|FromBase64String(|QUJDREVGR0g=|-enc |iex |powershell -c |cmd /c |^|\\"|%{|{0}|$_|=|+=|@'\n|\n'@|@"\n|\n"@|<#|#>|#|'a'|"b"|87|-1|1..9|param|function f|[array]::Reverse(|\ud800|é`
    .split('|')
    .concat('|');
const nonsense = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join(''));

const word = fc.stringMatching(/^[A-Z][A-Za-z0-9_]{3,15}$/);
const codes = (text: string) => [...text].map((char) => char.charCodeAt(0));

type Way = (text: string, n: number) => string;

/** Ways to write any text as a PowerShell expression; `n` chooses among a way's forms. */
const WAYS: readonly Way[] = [
  (text, n) => `(${quote(text.slice(0, n % text.length))}+${quote(text.slice(n % text.length))})`,
  (text, n) => {
    const parts = [text.slice(0, 1), text.slice(1, 3), text.slice(3)];
    const first = n % 3;
    const order = [first, (first + 2) % 3, (first + 1) % 3];
    const holes = [0, 1, 2].map((part) => `{${order.indexOf(part)}}`).join('');
    return `("${holes}" -f ${order.map((part) => quote(parts[part] ?? '')).join(',')})`;
  },
  (text) =>
    `(${codes(text)
      .map((code) => `[char]${code}`)
      .join('+')})`,
  (text) => `([char[]](${codes(text).join(',')}) -join '')`,
  (text, n) => {
    const key = n % 64;
    return `(-join(${codes(text)
      .map((code) => code ^ key)
      .join(',')}|%{[char]($_ -bxor ${key})}))`;
  },
  (text) => `(${quote([...text].reverse().join(''))}[-1..-${text.length}] -join '')`,
  (text) => `([Text.Encoding]::Unicode.GetString([Convert]::FromBase64String('${base64(text, 'utf16le')}')))`,
  (text) => `([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('${base64(text, 'utf8')}')))`,
  (text, n) => `(${quote(`${text.slice(0, n % 4)}#~#${text.slice(n % 4)}`)}.Replace('#~#',''))`,
  (text) => `(${[...text].map(quote).join(',')} -join '')`,
];

/** Only for words. A backtick before one of 0abfnrtv would mean a control character. */
const withBackticks: Way = (text) => `"${text.replace(/[c-eg-mo-qsuw-zA-Z1-9]/g, '`$&')}"`;

const base64 = (text: string, encoding: BufferEncoding) => Buffer.from(text, encoding).toString('base64');
const form = fc.nat(1_000);
const wayForText = fc.constantFrom(...WAYS);
const wayForWord = fc.constantFrom(...WAYS, withBackticks);

/** Scripts of short words, each written in some way, put together in sums, lists, strings and statements. */
const written = fc
  .tuple(fc.stringMatching(/^[A-Z][a-z]{2,4}$/), wayForWord, form)
  .map(([text, write, n]) => write(text, n));
const scripts = fc
  .array(fc.tuple(written, fc.constantFrom(';', '+', ' + $x + ', ' ', '\n', ';$a=', ' + $a + ', ',')), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => `$a=${parts.flat().join('')}"$a-$(${parts[0]?.[0]})_$x"`);

/** Every step applied to the text as it was before it. */
function replay(text: string, steps: readonly DecodingStep[]): string {
  return steps.reduce((current, step) => {
    expect(current.slice(step.from, step.to)).toBe(step.before);
    return current.slice(0, step.from) + step.after + current.slice(step.to);
  }, text);
}

describe('for any text', () => {
  it('never throws, gives the same again, and stays within its bound', () => {
    fc.assert(
      fc.property(fc.oneof(nonsense, fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
        const decoding = deobfuscate(text);
        expect(decoding?.text.length ?? 0).toBeLessThanOrEqual(4 * text.length + 64 * 1024);
        expect(deobfuscate(text)).toEqual(decoding);
      }),
      { numRuns: 3_000 },
    );
  });

  it('lists steps that lead from the text to the result, one after the other', () => {
    fc.assert(
      fc.property(fc.oneof(nonsense, scripts), (text) => {
        const decoding = deobfuscate(text);
        if (decoding?.steps.every((step) => step.before.length < 199 && step.after.length < 199)) {
          expect(replay(text, decoding.steps)).toBe(decoding.text);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('for any word', () => {
  it('finds it again however it was written', () => {
    fc.assert(
      fc.property(word, wayForWord, form, (text, write, n) => {
        expect(deobfuscate(`gwmi ${write(text, n)}`)?.text).toContain(text);
      }),
      { numRuns: 1_000 },
    );
  });

  it('finds it again when the script that hides it is hidden too', () => {
    fc.assert(
      fc.property(word, wayForWord, wayForText, form, (text, inner, outer, n) => {
        const script = `gwmi ${inner(text, n)}`;
        expect(deobfuscate(`iex ${outer(script, n)}`)?.text).toContain(text);
        expect(deobfuscate(`powershell -enc ${base64(script, 'utf16le')}`)?.text).toContain(text);
      }),
      { numRuns: 500 },
    );
  });
});

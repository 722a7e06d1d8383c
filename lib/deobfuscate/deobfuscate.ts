/**
 * Undoes simple obfuscation of PowerShell script text and of command lines, so that a name hidden in it can be
 * found. Nothing is run: constants are evaluated, all else stays as it is.
 */
import { Fuel, LONGEST_TEXT, longestResult, MOST_ROUNDS } from './limits.ts';
import { mayBeObfuscated } from './marks.ts';
import { readOnce } from './reading.ts';
import type { DecodingStep } from './step.ts';

export type { DecodingMethod, DecodingStep } from './step.ts';

/** The text with everything undone, and the steps to it in order (at most 2,000 are listed). */
export type Decoding = { readonly text: string; readonly steps: readonly DecodingStep[] };

/**
 * Null when nothing was to be undone. Deterministic, never throws, and takes time in proportion to the text:
 * at most 8 readings, a result of at most 4 times the text and 64 KiB, nothing for a text over 16 Mi UTF-16
 * units. Strings become single-quoted; script text in a string becomes a block in braces.
 */
export function deobfuscate(text: string): Decoding | null {
  if (text.length > LONGEST_TEXT || !mayBeObfuscated(text)) {
    return null;
  }
  const fuel = new Fuel(text.length);
  const longest = longestResult(text.length);
  const steps: DecodingStep[] = [];
  let current = text;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = readOnce(current, longest, fuel, steps);
    if (next === null || !fuel.take(next.length)) {
      current = next ?? current;
      break;
    }
    current = next;
  }
  return steps.length === 0 ? null : { text: current, steps };
}

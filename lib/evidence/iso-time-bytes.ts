import { parseIsoTime } from './time.ts';

const TICKS_PER_SECOND = 10_000_000;
const TICK_DIGITS = 7;
const MAX_FRACTION_DIGITS = 9;
/** `2024-03-05T09:14:`, which is the same for many records after each other. */
const MINUTE_BYTES = 17;
const SHORTEST_BYTES = MINUTE_BYTES + 3;
const DOT = 0x2e;
const LETTER_T = 0x54;
const LETTER_Z = 0x5a;
const DIGIT_0 = 0x30;

/** Reads times where they stand in bytes, as parseIsoTime does in text, without a text for each. */
export class IsoTimeBytes {
  readonly #minute = new Uint8Array(MINUTE_BYTES);
  #minuteTicks: bigint | null = null;

  /** Ticks of a time as Windows writes it, in UTC with `T` and `Z`; null for all others, also such as parseIsoTime reads. */
  ticks(bytes: Buffer, start: number, end: number): bigint | null {
    const size = end - start;
    if (size < SHORTEST_BYTES || bytes[end - 1] !== LETTER_Z) return null;
    const second = digitAt(bytes, start + MINUTE_BYTES) * 10 + digitAt(bytes, start + MINUTE_BYTES + 1);
    if (!(second < 60)) return null;
    let ticks = second * TICKS_PER_SECOND;
    if (size > SHORTEST_BYTES) {
      const first = start + SHORTEST_BYTES;
      const count = end - 1 - first;
      if (bytes[first - 1] !== DOT || count < 1 || count > MAX_FRACTION_DIGITS) return null;
      let unit = TICKS_PER_SECOND / 10;
      for (let at = first; at < end - 1; at++) {
        const digit = digitAt(bytes, at);
        if (!(digit < 10)) return null;
        if (at < first + TICK_DIGITS) ticks += digit * unit;
        unit /= 10;
      }
    }
    if (!this.#isKnownMinute(bytes, start)) this.#readMinute(bytes, start);
    return this.#minuteTicks === null ? null : this.#minuteTicks + BigInt(ticks);
  }

  #isKnownMinute(bytes: Buffer, start: number): boolean {
    if (this.#minuteTicks === null) return false;
    for (let at = 0; at < MINUTE_BYTES; at++) if (bytes[start + at] !== this.#minute[at]) return false;
    return true;
  }

  #readMinute(bytes: Buffer, start: number): void {
    const text = bytes.toString('latin1', start, start + MINUTE_BYTES);
    this.#minuteTicks = bytes[start + 10] === LETTER_T ? parseIsoTime(`${text}00Z`) : null;
    this.#minute.set(bytes.subarray(start, start + MINUTE_BYTES));
  }
}

/** Not a number for what is no digit. */
function digitAt(bytes: Buffer, at: number): number {
  const unit = bytes[at] ?? 0;
  return unit >= DIGIT_0 && unit <= 0x39 ? unit - DIGIT_0 : Number.NaN;
}

import { IsoTimeBytes } from '#lib/evidence/iso-time-bytes.ts';
import type { TimeReader } from '#lib/evidence/text/times.ts';
import type { KindValues } from '#lib/evidence/xml/census.ts';
import type { Counted } from './layouts.ts';
import { COUNTING } from './shapes/counting.ts';
import { recordOf } from './shapes/index.ts';
import { tracked } from './tracked.ts';
import { type JsonObject, keepNumber } from './values.ts';

/** Values of more bytes do not tell a kind. */
const TELLING_MAX_BYTES = 2048;
/** Kinds are learned while they are few or come again and again: so many, and one more for each so many objects. */
const FREE_LESSONS = 16;
const COUNTS_PER_LESSON = 8;
const KINDS_MAX = 1024;
const QUOTE = 0x22;

type Known = { readonly values: readonly Buffer[]; readonly kind: KindValues };

/** What recordOf read of an object, and what came of it. */
type Reading = {
  readonly reads: ReadonlySet<string>;
  readonly kind: KindValues;
  readonly ticks: bigint | null;
};

/**
 * Counts objects of one layout. recordOf is asked once for each set of telling values: those that it read, but for the time
 * and what COUNTING says to ignore. Of equal telling values it would read the same again, with the same result.
 */
export class KindCounter {
  readonly #paths: readonly string[];
  readonly #times: TimeReader;
  /** Which of the values tell the kind, by their places in the layout. */
  #telling: readonly number[] = [];
  /** Place of the time; null: the layout has none; undefined: nothing was learned yet. */
  #time: number | null | undefined;
  /** By a hash of the telling values. */
  readonly #known = new Map<number, Known>();
  readonly #isoTimes = new IsoTimeBytes();
  #last: Known | null = null;
  #counts = 0;
  #lessons = 0;

  constructor(paths: readonly string[], times: TimeReader) {
    this.#paths = paths;
    this.#times = times;
  }

  /** @param starts where the values stand. Null when the object has to be read to be counted. */
  count(bytes: Buffer, start: number, end: number, starts: Uint32Array, ends: Uint32Array): Counted | null {
    const known = this.#time === undefined ? null : this.#find(bytes, starts, ends);
    if (known === null) return this.#learn(bytes, start, end, starts, ends);
    const timeTicks = this.#ticksAt(this.#time ?? null, bytes, starts, ends);
    if (timeTicks === undefined) return null;
    this.#counts += 1;
    return { kind: known.kind, timeTicks };
  }

  #find(bytes: Buffer, starts: Uint32Array, ends: Uint32Array): Known | null {
    if (this.#last && this.#isOf(this.#last, bytes, starts, ends)) return this.#last;
    const known = this.#known.get(this.#hash(bytes, starts, ends));
    if (!known || !this.#isOf(known, bytes, starts, ends)) return null;
    this.#last = known;
    return known;
  }

  #learn(bytes: Buffer, start: number, end: number, starts: Uint32Array, ends: Uint32Array): Counted | null {
    if (this.#lessons >= Math.min(KINDS_MAX, FREE_LESSONS + this.#counts / COUNTS_PER_LESSON)) return null;
    this.#lessons += 1;
    const read = this.#read(bytes.toString('utf8', start, end));
    if (read === null) return null;
    const { time, telling, reading } = read;
    const isOther = this.#time !== undefined && this.#time !== time;
    if (isOther || this.#ticksAt(time, bytes, starts, ends) !== reading.ticks) return null;
    this.#time = time;
    if (!telling.every((index) => this.#telling.includes(index))) {
      this.#telling = [...new Set([...this.#telling, ...telling])];
      this.#known.clear();
      this.#last = null;
    }
    const values = this.#telling.map((index) => Buffer.from(bytes.subarray(starts[index], ends[index])));
    const size = values.reduce((sum, value) => sum + value.length, 0);
    if (size > TELLING_MAX_BYTES) return null;
    this.#known.set(this.#hash(bytes, starts, ends), { values, kind: reading.kind });
    return { kind: reading.kind, timeTicks: reading.ticks };
  }

  /** Undefined when the time is written so that only recordOf can read it; null when there is none. */
  #ticksAt(
    time: number | null,
    bytes: Buffer,
    starts: Uint32Array,
    ends: Uint32Array,
  ): bigint | null | undefined {
    if (time === null) return null;
    const start = starts[time] ?? 0;
    if (bytes[start] !== QUOTE) return undefined;
    return this.#isoTimes.ticks(bytes, start + 1, (ends[time] ?? 0) - 1) ?? undefined;
  }

  /** What recordOf says of the object; null when it may say another thing of one with the same telling values. */
  #read(text: string): { time: number | null; telling: readonly number[]; reading: Reading } | null {
    // Numbers are texts or not, as other values of the object want it.
    const asNumbers = this.#readAs(JSON.parse(text), text);
    const asTexts = this.#readAs(JSON.parse(text, keepNumber), text);
    if (asNumbers === null || asTexts === null) return null;
    const { reading, counting } = asNumbers;
    const isSame =
      counting === asTexts.counting &&
      reading.ticks === asTexts.reading.ticks &&
      JSON.stringify(reading.kind) === JSON.stringify(asTexts.reading.kind);
    if (!isSame) return null;
    const reads = new Set([...reading.reads, ...asTexts.reading.reads]);
    const places = this.#paths.flatMap((path, index) => (reads.has(path) ? [index] : []));
    const times = places.filter((index) => counting.time.test(this.#paths[index] ?? ''));
    if (times.length > 1) return null;
    const telling = places.filter(
      (index) => !times.includes(index) && !counting.ignored.test(this.#paths[index] ?? ''),
    );
    return { time: times[0] ?? null, telling, reading };
  }

  #readAs(value: JsonObject, text: string) {
    const reads = new Set<string>();
    const { form, system, timeTicks } = recordOf(tracked(value, reads), text, this.#times);
    const counting = COUNTING[form];
    if (!counting) return null;
    const { channel, eventId, computer, providerName } = system;
    return {
      counting,
      reading: { reads, kind: { channel, eventId, computer, providerName }, ticks: timeTicks },
    };
  }

  #hash(bytes: Buffer, starts: Uint32Array, ends: Uint32Array): number {
    let hash = 0;
    for (const index of this.#telling) {
      const end = ends[index] ?? 0;
      for (let at = starts[index] ?? 0; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
    }
    return hash;
  }

  #isOf({ values }: Known, bytes: Buffer, starts: Uint32Array, ends: Uint32Array): boolean {
    for (let which = 0; which < values.length; which++) {
      const value = values[which];
      const index = this.#telling[which] ?? 0;
      const start = starts[index] ?? 0;
      if (!value || value.length !== (ends[index] ?? 0) - start) return false;
      for (let at = 0; at < value.length; at++) if (value[at] !== bytes[start + at]) return false;
    }
    return true;
  }
}

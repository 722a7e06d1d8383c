/** Makes the events of a solution, and the environment in which a search sees them. */
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import type { DataModelObject, SearchEnvironment } from '#lib/spl/types.ts';
import { textFor, type ValueTest } from './shape.ts';
import { captureKey, fieldKey, keyOf, type Solution } from './solution.ts';
import type { Rex, Stream } from './term.ts';
import { regexTest } from './tests-of.ts';

/** Says for which data model object an event was made. */
const MODEL_FIELD = 'proof:data_model';

const BASE_TICKS = 17_053_200_000_000_000n; // 2024-01-15T12:00:00Z, on every usual time span
export const TICKS_PER_MILLISECOND = 10_000n;
export const TICKS_PER_DAY = 864_000_000_000n;
export const PROOF_NOW_MS = Date.UTC(2024, 0, 15, 13);

export class ProofEvent implements SearchableEvent {
  readonly timeTicks: bigint;
  readonly #fields: ReadonlyMap<string, FieldValue>;

  constructor(fields: ReadonlyMap<string, FieldValue>, timeTicks: bigint) {
    this.#fields = fields;
    this.timeTicks = timeTicks;
  }

  get(name: string): FieldValue {
    return this.#fields.get(name) ?? null;
  }

  fieldNames(): readonly string[] {
    return [...this.#fields.keys()];
  }

  /** The same event at another time. */
  later(ticks: bigint): ProofEvent {
    return new ProofEvent(this.#fields, this.timeTicks + ticks);
  }
}

/** A number, which is a text too; the same for the same name. */
export function defaultText(name: string): string {
  let hash = 7;
  for (let index = 0; index < name.length; index++) hash = (hash * 31 + name.charCodeAt(index)) % 8_999;
  return String(1_000 + hash);
}

/**
 * Data models that take an event for what it was made as and read its fields as they are named. So a proof tells that the
 * search does what it says, not that a log source fills its fields.
 */
export function pinnedEnvironment(environment: SearchEnvironment): SearchEnvironment {
  const dataModels = new Map<string, DataModelObject>();
  for (const [key, model] of environment.dataModels) {
    dataModels.set(key, {
      name: model.name,
      prefix: model.prefix,
      fields: model.fields,
      has: (event) => event.get(MODEL_FIELD) === key,
      get: (event, field) => event.get(`${model.prefix}.${field}`),
      isVerbatim: (field) => model.isVerbatim(field),
    });
  }
  return { ...environment, dataModels };
}

/** Null when the solution cannot be made after all. */
export function makeEvents(streams: readonly Stream[], solution: Solution): readonly ProofEvent[] | null {
  const groups = joinSame(solution);
  const events: ProofEvent[] = [];
  for (const stream of streams) {
    const count = solution.counts.get(stream) ?? 1;
    const rows = Array.from({ length: count }, () => new Map<string, FieldValue>());
    for (const name of stream.fields) {
      const texts = textsOfField(stream, name, solution, groups, count);
      if (texts === null) return null;
      for (const [turn, fields] of rows.entries()) {
        const text = texts[turn % texts.length];
        if (text !== undefined) fields.set(name, text);
      }
    }
    for (const [turn, fields] of rows.entries()) {
      if (stream.dataModel !== null) fields.set(MODEL_FIELD, stream.dataModel);
      // First events of all streams have one time: searches join by it.
      events.push(new ProofEvent(fields, BASE_TICKS + BigInt(turn) * TICKS_PER_MILLISECOND));
    }
  }
  return events;
}

/** Keys that must have one value, each under the least of them. */
type Groups = ReadonlyMap<string, readonly string[]>;

function joinSame({ same }: Solution): Groups {
  const groups = new Map<string, string[]>();
  for (const [a, b] of same) {
    const joined = [...new Set([...(groups.get(a) ?? [a]), ...(groups.get(b) ?? [b])])];
    for (const key of joined) groups.set(key, joined);
  }
  return new Map([...groups].map(([key, keys]) => [key, keys.toSorted()]));
}

/** A text an event, or one for all; empty: the field is absent; null: there is none that meets the needs. */
function textsOfField(
  stream: Stream,
  name: string,
  solution: Solution,
  groups: Groups,
  count: number,
): readonly string[] | null {
  const own = fieldKey(stream, name);
  const keys = groups.get(own) ?? [own];
  const needs = keys.flatMap((key) => solution.needs.get(key) ?? []);
  if (needs.some(({ isAbsent }) => isAbsent)) return [];
  const rexes = [...solution.rexes.values()].filter((rex) => keys.includes(keyOf(rex.input) ?? ''));
  const fallback = defaultText(keys[0]?.replace(/^\d+:/, '') ?? name);
  const unwanted = needs.flatMap((need) => need.unwanted);
  const textAt = (turn: number, isVaried: boolean): string | null => {
    const captured = rexes.map((rex) => captureTest(rex, solution, turn));
    if (captured.includes(null)) return null;
    const wanted = [...needs.flatMap((need) => need.wanted), ...captured.filter((test) => test !== null)];
    return textFor(wanted, unwanted, fallback, isVaried ? turn : 0);
  };
  const isVaried = keys.some((key) => solution.varied.has(key));
  const isCaptureVaried = rexes.some((rex) =>
    [...solution.varied].some((key) => key.startsWith(captureKey(rex, ''))),
  );
  if (!isVaried && !isCaptureVaried) {
    const text = textAt(0, false);
    return text === null ? null : [text];
  }
  // Turns may give a text again, where alternatives are few: then the next one is taken.
  const texts = new Set<string>();
  for (let turn = 0; texts.size < count && turn < 3 * count; turn++) {
    const text = textAt(turn, isVaried);
    if (text === null) return null;
    texts.add(text);
  }
  return [...texts];
}

/** The text out of which the expression takes what its groups need. */
function captureTest(rex: Rex, solution: Solution, turn: number): ValueTest | null {
  const texts = new Map<string, string>();
  const prefix = captureKey(rex, '');
  for (const key of new Set([...solution.needs.keys(), ...solution.varied])) {
    if (!key.startsWith(prefix)) continue;
    const { wanted = [], unwanted = [] } = solution.needs.get(key) ?? {};
    const group = key.slice(prefix.length);
    const text = textFor(wanted, unwanted, defaultText(group), solution.varied.has(key) ? turn : 0);
    if (text === null) return null;
    texts.set(group, text);
  }
  const named = [...rex.pattern.matchAll(/<(\w+)>/g)].map(
    ([, name = '']) => [name, defaultText(name)] as const,
  );
  const natural = regexTest(rex.pattern, new Map([...named, ...texts]));
  const plain = regexTest(rex.pattern, texts);
  return { ...plain, shapes: [...natural.shapes, ...plain.shapes] };
}

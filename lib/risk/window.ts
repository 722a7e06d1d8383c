import { DAY_TICKS, HOUR_TICKS } from '#lib/events/ticks.ts';
import { CAP_TIMES, fromHundredths, hundredths } from './score.ts';

export type Scored = {
  readonly timeTicks: bigint;
  readonly score: number;
  /** The detection. */
  readonly source: string;
};

export type PeakWindow = {
  readonly score: number;
  /** Without the stacking cap. */
  readonly uncapped: number;
  /** Time of the first and of the last risk event in the window. */
  readonly startTicks: bigint;
  readonly endTicks: bigint;
};

/** A window that begins at an event: the events from `from` to before `to` of the ordered ones. */
export type Window = {
  readonly from: number;
  readonly to: number;
  readonly sum: number;
  readonly uncapped: number;
};

export function inOrder<T extends Scored>(events: readonly T[]): T[] {
  return events.toSorted((a, b) => (a.timeTicks < b.timeTicks ? -1 : a.timeTicks > b.timeTicks ? 1 : 0));
}

/**
 * For each event, in order of time, the window that begins at it and ends before the same time `hours` later: over event
 * time, not the clock. Linear in the events.
 */
export function* windowsOf(ordered: readonly Scored[], hours: number, isCapped: boolean): Generator<Window> {
  const length = BigInt(hours) * HOUR_TICKS;
  const sums = new WindowSums();
  let end = 0;
  for (const [start, first] of ordered.entries()) {
    for (let next = ordered[end]; next && next.timeTicks - first.timeTicks < length; next = ordered[end]) {
      sums.add(next.source, hundredths(next.score), end);
      end += 1;
    }
    yield {
      from: start,
      to: end,
      sum: fromHundredths(isCapped ? sums.capped : sums.uncapped),
      uncapped: fromHundredths(sums.uncapped),
    };
    sums.remove(first.source, hundredths(first.score), start);
  }
}

/** The highest sum of scores that fall within 24 h. Of equal sums the earliest. Null without events. */
export function peakWindow(events: readonly Scored[], isCapped = false): PeakWindow | null {
  const ordered = inOrder(events);
  let peak: Window | null = null;
  for (const window of windowsOf(ordered, 24, isCapped)) if (!peak || window.sum > peak.sum) peak = window;
  const first = peak && ordered[peak.from];
  const last = peak && ordered[peak.to - 1];
  if (!peak || !first || !last) return null;
  return { score: peak.sum, uncapped: peak.uncapped, startTicks: first.timeTicks, endTicks: last.timeTicks };
}

/** Sums of a window that slides, each source with its highest score at hand; in hundredths. */
class WindowSums {
  uncapped = 0;
  capped = 0;
  /** By source; `highest` has the scores that are still to be the highest, falling, with their places. */
  readonly #sources = new Map<
    string,
    { sum: number; highest: { score: number; place: number }[]; head: number }
  >();

  add(source: string, score: number, place: number): void {
    this.#change(source, score, (own) => {
      while (own.highest.length > own.head && (own.highest.at(-1)?.score ?? 0) <= score) own.highest.pop();
      own.highest.push({ score, place });
    });
  }

  remove(source: string, score: number, place: number): void {
    this.#change(source, -score, (own) => {
      if (own.highest[own.head]?.place === place) own.head += 1;
    });
  }

  #change(
    source: string,
    difference: number,
    update: (own: { highest: { score: number; place: number }[]; head: number }) => void,
  ): void {
    const own = this.#sources.get(source) ?? { sum: 0, highest: [], head: 0 };
    this.#sources.set(source, own);
    this.capped -= counted(own);
    own.sum += difference;
    this.uncapped += difference;
    update(own);
    this.capped += counted(own);
  }
}

function counted(own: { sum: number; highest: { score: number }[]; head: number }): number {
  return Math.min(own.sum, CAP_TIMES * (own.highest[own.head]?.score ?? 0));
}

export type Episode = { readonly startTicks: bigint; readonly endTicks: bigint; readonly count: number };

/** Splits a finding's event times into episodes: an event more than 24 h after an episode's start begins the next. */
export function episodesOf(times: readonly bigint[]): readonly Episode[] {
  const episodes: { startTicks: bigint; endTicks: bigint; count: number }[] = [];
  for (const time of times.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))) {
    const current = episodes.at(-1);
    if (current && time - current.startTicks <= DAY_TICKS) {
      current.endTicks = time;
      current.count += 1;
    } else {
      episodes.push({ startTicks: time, endTicks: time, count: 1 });
    }
  }
  return episodes;
}

import { DAY_TICKS } from '#lib/events/ticks.ts';

export type Scored = { readonly timeTicks: bigint; readonly score: number };

export type PeakWindow = {
  readonly score: number;
  /** Time of the first and of the last risk event in the window. */
  readonly startTicks: bigint;
  readonly endTicks: bigint;
};

/**
 * The highest sum of scores that fall within 24 h, over event time and not the clock: the window begins at an event and
 * ends before the same time a day later. Of equal sums the earliest. Null without events.
 */
export function peakWindow(events: readonly Scored[]): PeakWindow | null {
  const ordered = events.toSorted((a, b) =>
    a.timeTicks < b.timeTicks ? -1 : a.timeTicks > b.timeTicks ? 1 : 0,
  );
  let peak: PeakWindow | null = null;
  let sum = 0;
  let end = 0;
  ordered.forEach((first, start) => {
    for (let next = ordered[end]; next && next.timeTicks - first.timeTicks < DAY_TICKS; next = ordered[end]) {
      sum += next.score;
      end += 1;
    }
    const last = ordered[end - 1];
    if (last && (!peak || sum > peak.score)) {
      peak = { score: sum, startTicks: first.timeTicks, endTicks: last.timeTicks };
    }
    sum -= ordered[start]?.score ?? 0;
  });
  return peak;
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

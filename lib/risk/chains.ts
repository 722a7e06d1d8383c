/**
 * Finds chains: a switch is turned on on one host, and within some hours what it allows is used there, by the host itself
 * or by another one, before the switch is turned off. Pure; the same events in any order give the same chains.
 */

type Happening = {
  /** Identity of the event; an event counts once. */
  readonly eventId: string;
  /** The host that logged it. */
  readonly hostId: string;
  readonly timeTicks: bigint;
  /** Number of the record in its log: tells events of one log and one time apart. */
  readonly recordNumber: bigint;
  /** Findings that hold the event. */
  readonly findingIds: readonly string[];
};

/** The switch of the host that logged it is turned on or off. */
export type Switching = Happening & {
  readonly state: 'on' | 'off';
  /** False: it counts as turned on, but what was written is not known. */
  readonly isClear: boolean;
};

export type Use = Happening & {
  /** Hosts on which it acts; the one that logged it, when it names no other. */
  readonly targetHostIds: readonly string[];
};

export type Chain = {
  /** The host whose switch it is. */
  readonly hostId: string;
  readonly opening: Switching;
  /** Turned on again while it was on, in time order. */
  readonly further: readonly Switching[];
  /** In time order; at least one. */
  readonly uses: readonly Use[];
  readonly closing: Switching | null;
};

/**
 * One chain for each time that a switch is turned on and then used. Turned on again while it is on belongs to the same
 * chain, unless more than the time went by. A use belongs when it comes at or after a turning-on, at most `withinTicks`
 * later, and before the switch is turned off.
 */
export function findChains(
  switchings: readonly Switching[],
  uses: readonly Use[],
  withinTicks: bigint,
): readonly Chain[] {
  const periods = new Map(
    [...Map.groupBy(distinct(switchings, keepFirst), (one) => one.hostId)].map(([hostId, ofHost]) => [
      hostId,
      periodsOf(ofHost, withinTicks),
    ]),
  );
  for (const use of distinct(uses, joinTargets)) {
    for (const hostId of new Set(use.targetHostIds)) {
      periodAt(periods.get(hostId) ?? [], use.timeTicks, withinTicks)?.uses.push(use);
    }
  }
  return [...periods]
    .flatMap(([hostId, ofHost]) =>
      ofHost.flatMap(({ on, uses: used, closing }) => {
        const [opening, ...further] = on;
        return opening && used.length > 0 ? [{ hostId, opening, further, uses: used, closing }] : [];
      }),
    )
    .sort((a, b) => byTime(a.opening, b.opening));
}

type Period = { readonly on: Switching[]; readonly uses: Use[]; closing: Switching | null };

/** Spans of time in which the switch is on; ended by turning it off, or when it is turned on anew much later. */
function periodsOf(switchings: readonly Switching[], withinTicks: bigint): readonly Period[] {
  const periods: Period[] = [];
  let open: Period | null = null;
  for (const switching of switchings) {
    if (switching.state === 'off') {
      if (open) open.closing = switching;
      open = null;
      continue;
    }
    const last = open?.on.at(-1);
    if (open && last && switching.timeTicks - last.timeTicks <= withinTicks) {
      open.on.push(switching);
    } else {
      open = { on: [switching], uses: [], closing: null };
      periods.push(open);
    }
  }
  return periods;
}

/** The period in which the switch is on at the time and was turned on at most `withinTicks` before. */
function periodAt(periods: readonly Period[], at: bigint, withinTicks: bigint): Period | null {
  const period = lastBefore(periods, at, ({ on }) => on[0]?.timeTicks ?? at);
  const turnedOn = period && lastBefore(period.on, at, ({ timeTicks }) => timeTicks);
  if (!period || !turnedOn || at > turnedOn.timeTicks + withinTicks) return null;
  return period.closing === null || at < period.closing.timeTicks ? period : null;
}

/** The last of ordered items whose time is not after `at`. */
function lastBefore<T>(ordered: readonly T[], at: bigint, timeOf: (item: T) => bigint): T | null {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = ordered[middle];
    if (item !== undefined && timeOf(item) <= at) low = middle + 1;
    else high = middle;
  }
  return ordered[low - 1] ?? null;
}

/** In time order, each event once, with the findings of all of its copies. */
function distinct<T extends Happening>(
  happenings: readonly T[],
  merge: (copies: readonly T[], first: T) => T,
): readonly T[] {
  return [...Map.groupBy(happenings, (one) => one.eventId).values()]
    .flatMap((copies) => {
      const [first] = copies;
      if (!first) return [];
      return [{ ...merge(copies, first), findingIds: union(copies.map((copy) => copy.findingIds)) }];
    })
    .sort(byTime);
}

function keepFirst(_: readonly Switching[], first: Switching): Switching {
  return first;
}

/** The same event in two findings may name hosts in one of them only, where it was decoded. */
function joinTargets(copies: readonly Use[], first: Use): Use {
  return { ...first, targetHostIds: union(copies.map((copy) => copy.targetHostIds)) };
}

function union(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())].sort();
}

function byTime(a: Happening, b: Happening): number {
  if (a.timeTicks !== b.timeTicks) return a.timeTicks < b.timeTicks ? -1 : 1;
  if (a.recordNumber !== b.recordNumber) return a.recordNumber < b.recordNumber ? -1 : 1;
  return a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : 0;
}

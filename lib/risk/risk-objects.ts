import type { RiskEventDraft } from './risk-events.ts';
import { sumOf } from './score.ts';
import { type Severity, sumSeverity } from './severity.ts';
import type { ObjectAlias } from './types.ts';
import { inOrder, type PeakWindow, peakWindow } from './window.ts';

/** A system, user or other object with its risk events in order of time, and the highest sum within 24 h. */
export type RiskObjectDraft = {
  readonly type: string;
  readonly name: string;
  readonly hostId: string | null;
  readonly priority: string | null;
  readonly category: readonly string[];
  readonly aliases: readonly ObjectAlias[];
  readonly peak: PeakWindow;
  readonly totalScore: number;
  readonly severity: Severity;
  readonly events: readonly RiskEventDraft[];
};

/** The objects of risk events; the same for any order of them. */
export function riskObjectsOf(events: readonly RiskEventDraft[], isCapped: boolean): RiskObjectDraft[] {
  const groups = Map.groupBy(events, ({ objectType, objectName }) =>
    JSON.stringify([objectType, objectName]),
  );
  return [...groups.values()].flatMap((group) => {
    const ordered = inOrder(group.toSorted(byIdentity));
    const [first] = ordered;
    const peak = peakWindow(ordered, isCapped);
    if (!first || !peak) return [];
    const { columns } = first.entity ?? { columns: {} as Record<string, readonly string[]> };
    return [
      {
        type: first.objectType,
        name: first.objectName,
        hostId: first.hostId,
        priority: columns.priority?.[0] ?? null,
        category: columns.category ?? [],
        aliases: aliasesOf(ordered),
        peak,
        totalScore: sumOf(ordered.map(({ score }) => score)),
        severity: sumSeverity(peak.score),
        events: ordered,
      },
    ];
  });
}

/** Events of one time stand in the order of their findings' ids. */
function byIdentity(a: RiskEventDraft, b: RiskEventDraft): number {
  if (a.findingId !== b.findingId) return a.findingId < b.findingId ? -1 : 1;
  return a.episode - b.episode;
}

function aliasesOf(events: readonly RiskEventDraft[]): ObjectAlias[] {
  const aliases = new Map(events.flatMap(({ alias }) => (alias ? [[alias.name, alias] as const] : [])));
  return [...aliases.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A rule ready to run, with the scope that is meant now. */
import type { Catalogue } from '#lib/catalogue/catalogue.ts';
import { compileFilter } from './compile.ts';
import type { ScopedRule } from './match.ts';

/** What rules are run against, as it is now. */
export type RuleContext = {
  readonly catalogue: Pick<Catalogue, 'lookups' | 'knowledge'>;
  /** Joined name of each host by any of its names. */
  readonly hosts: ReadonlyMap<string, string>;
};

/** What of a version says which rows it covers. */
export type RuleSource = {
  readonly text: string;
  readonly detectionIds: readonly string[];
  readonly hosts: readonly string[];
  readonly fromTicks: bigint | null;
  readonly toTicks: bigint | null;
  /** Columns that it read of each detection when it was written. */
  readonly columns: Columns;
};

export type Columns = Readonly<Record<string, readonly string[]>>;

/** Throws SplError when the text does not compile (any more). */
export function scopedRule(source: RuleSource, { catalogue, hosts }: RuleContext): ScopedRule {
  return {
    filter: compileFilter(source.text, catalogue.lookups),
    scope: {
      detectionIds: source.detectionIds,
      exceptDetectionIds: changedDetections(source.columns, catalogue),
      hosts: source.hosts.map((host) => hosts.get(host) ?? host),
      fromTicks: source.fromTicks,
      toTicks: source.toTicks,
    },
  };
}

/** Detections that no longer give a column which the rule reads. */
export function changedDetections(
  columns: Columns,
  { knowledge }: Pick<Catalogue, 'knowledge'>,
): readonly string[] {
  return knowledge.rules.flatMap(({ id, search }) => {
    const now = search.columns;
    const isChanged = now !== null && columns[id]?.some((column) => !now.includes(column));
    return isChanged ? [id] : [];
  });
}

/** The output columns that a text reads, of each detection that it is for. Throws SplError. */
export function columnsRead(
  text: string,
  detectionIds: readonly string[],
  { lookups, knowledge }: Pick<Catalogue, 'lookups' | 'knowledge'>,
): Columns {
  const { uses } = compileFilter(text, lookups);
  const read = new Set(uses.flatMap(({ name, isWritten }) => (isWritten ? [] : [name])));
  const rules = knowledge.rules.filter(({ id }) => detectionIds.length === 0 || detectionIds.includes(id));
  return Object.fromEntries(
    rules.flatMap(({ id, search }) => {
      const columns = search.columns?.filter((column) => read.has(column)) ?? [];
      return columns.length === 0 ? [] : [[id, columns]];
    }),
  );
}

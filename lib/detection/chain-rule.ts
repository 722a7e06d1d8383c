import { searchEnvironment } from '#lib/content/environment.ts';
import type { Content } from '#lib/content/load.ts';
import type { ChainContent } from '#lib/content/schema.ts';
import { renderTemplate } from '#lib/content/template.ts';
import { ContentError } from '#lib/content/yaml-file.ts';
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { compileSearch } from '#lib/spl/compile.ts';
import { type CompiledSearch, SplError } from '#lib/spl/types.ts';

type Row = ReadonlyMap<string, FieldValue>;

/**
 * A switch that is turned on on one host, and what it allows, done there or from another host before it is turned off. The
 * engine's view of one file of lib/content/chains.
 */
export type ChainRule = {
  readonly id: string;
  readonly name: string;
  readonly variant: string;
  readonly withinHours: number;
  readonly opens: {
    readonly label: string;
    readonly detectionIds: readonly string[];
    isOpening(event: SearchableEvent): boolean;
    /** Of an opening event: whether it opens for certain. */
    isClear(event: SearchableEvent): boolean;
  };
  readonly closes: {
    readonly label: string;
    /** Kinds of timeline events (lib/timeline). */
    readonly kinds: readonly string[];
    readonly search: CompiledSearch;
  };
  readonly uses: {
    readonly label: string;
    readonly detectionIds: readonly string[];
    readonly targetFields: readonly string[];
  };
  readonly severity: 'high' | 'critical';
  /** Kinds of timeline events which, after a use, show that it had its effect. */
  readonly confirmedBy: readonly string[];
  readonly confirmedSeverity: 'high' | 'critical';
  readonly techniques: readonly string[];
  /** The chain as one would write it down: what opens, uses and closes it. */
  readonly text: string;
  /** @param events the writes of the switch, in time order */
  sentence(row: Row, events: readonly SearchableEvent[]): string;
  checkNext(row: Row): readonly string[];
};

/** Throws ContentError that names the chain when a condition does not compile. */
export function chainRuleOf(chain: ChainContent, content: Content): ChainRule {
  const environment = searchEnvironment(content);
  const compile = (search: string, field: string): CompiledSearch => {
    try {
      return compileSearch(search, environment);
    } catch (error) {
      if (!(error instanceof SplError)) throw error;
      throw new ContentError(`chain "${chain.name}": ${field}: ${error.message}`);
    }
  };
  const condition = (where: string, field: string): ((event: SearchableEvent) => boolean) => {
    const search = compile(`search * | where ${where}`, field);
    return (event) => search.select(event);
  };
  const isUnclear =
    chain.opens.unclear === undefined ? null : condition(chain.opens.unclear, 'opens.unclear');
  const sentences = chain.sentences.map(({ when, say }) => ({
    say,
    applies: when === undefined ? null : condition(when, 'sentences'),
  }));
  const nameOf = (id: string): string => content.detections.find((one) => one.id === id)?.name ?? id;
  return {
    id: chain.id,
    name: chain.name,
    variant: chain.variant,
    withinHours: chain.within_hours,
    opens: {
      label: chain.opens.label,
      detectionIds: chain.opens.detections,
      isOpening: condition(chain.opens.when, 'opens.when'),
      isClear: (event) => !isUnclear?.(event),
    },
    closes: {
      label: chain.closes.label,
      kinds: chain.closes.kinds,
      search: compile(chain.closes.search, 'closes.search'),
    },
    uses: {
      label: chain.uses.label,
      detectionIds: chain.uses.detections,
      targetFields: chain.uses.targets_from,
    },
    severity: chain.severity,
    confirmedBy: chain.confirmed_by,
    confirmedSeverity: chain.confirmed_severity,
    techniques: chain.techniques,
    text: [
      `# ${chain.opens.label}: an event of ${chain.opens.detections.map(nameOf).join(', ')}`,
      `where ${chain.opens.when}`,
      `# ${chain.uses.label}, on that host or from another one, within ${chain.within_hours} hours: ${chain.uses.detections.map(nameOf).join(', ')}`,
      `# until ${chain.closes.label}`,
      chain.closes.search,
    ].join('\n'),
    sentence(row, events) {
      const asked: SearchableEvent = {
        timeTicks: null,
        get: (name) => row.get(name) ?? null,
        fieldNames: () => [...row.keys()],
      };
      const chosen = sentences.find(({ applies }) => applies === null || applies(asked));
      return renderTemplate(chosen?.say ?? chain.title, { row, events });
    },
    checkNext: (row) => chain.check_next.map((question) => renderTemplate(question, { row, events: [] })),
  };
}

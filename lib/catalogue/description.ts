import type { CatalogueEntry, SetRisk } from './catalogue.ts';

/** What is said of a detection, wherever it came from. */
export type Description = {
  readonly name: string;
  readonly type: string;
  /** As its author numbers it. */
  readonly version: number;
  /** Name of the published file, without its ending. */
  readonly fileName: string;
  readonly description: string;
  readonly howToImplement: string;
  readonly knownFalsePositives: string;
  readonly techniques: readonly string[];
  readonly stories: readonly string[];
  readonly dataSources: readonly string[];
  readonly references: readonly string[];
  readonly killChain: readonly string[];
  readonly nist: readonly string[];
  readonly cis: readonly string[];
  readonly risk: {
    /** Impact × confidence / 100, from 0 to 100. */
    readonly score: number;
    readonly impact: number;
    readonly confidence: number;
    readonly message: string;
    readonly objects: readonly { readonly field: string; readonly type: string }[];
  };
};

/** The shipped content's words go before those of an import of the same id, whose searches are variants. */
export function descriptionOf(entry: CatalogueEntry): Description {
  const { shipped, imported } = entry;
  if (shipped) {
    const { impact, confidence } = shipped.risk;
    return {
      name: shipped.name,
      type: shipped.type,
      version: shipped.version,
      fileName: shipped.file_name,
      description: shipped.description,
      howToImplement: shipped.how_to_implement,
      knownFalsePositives: shipped.known_false_positives,
      techniques: shipped.techniques,
      stories: shipped.stories,
      dataSources: shipped.data_sources,
      references: shipped.references,
      killChain: shipped.kill_chain_phases,
      nist: shipped.nist,
      cis: shipped.cis,
      risk: { ...shipped.risk, score: (impact * confidence) / 100 },
    };
  }
  if (!imported) throw new Error('a detection that is neither shipped nor imported');
  const { detection } = imported;
  return {
    ...detection,
    killChain: [],
    nist: [],
    cis: [],
    // Published scores are the product already.
    risk: { ...detection.risk, impact: detection.risk.score, confidence: 100 },
  };
}

/** What a manager set, else what its author says. */
export function riskInForce(entry: CatalogueEntry): SetRisk & { readonly score: number } {
  const { impact, confidence, score } = descriptionOf(entry).risk;
  const { setRisk } = entry;
  return setRisk
    ? { ...setRisk, score: (setRisk.impact * setRisk.confidence) / 100 }
    : { impact, confidence, score };
}

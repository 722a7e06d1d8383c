import { searchEnvironment } from '#lib/content/environment.ts';
import { importEnvironment } from '#lib/content/import/environment.ts';
import { type LookupDefinition, type LookupRows, linkLookups } from '#lib/content/import/lookup.ts';
import type { ImportedDetection } from '#lib/content/import/types.ts';
import type { Content } from '#lib/content/load.ts';
import type { DetectionContent } from '#lib/content/schema.ts';
import type { DetectionRule, Knowledge } from '#lib/detection/rule.ts';
import { compileKnowledge } from '#lib/detection/rules.ts';
import { type LookupTable, type MacroDefinition, type SearchEnvironment, SplError } from '#lib/spl/types.ts';
import { importedRule } from './imported-rule.ts';
import { hashLookups, ruleKey, sha256 } from './rule-key.ts';

/** One search of a detection, ready to run, or why it cannot. */
export type CatalogueVariant = {
  readonly name: string;
  readonly search: string;
  readonly isShipped: boolean;
  readonly rule: DetectionRule | null;
  /** See rule-key.ts; null when there is no rule. */
  readonly key: string | null;
  readonly problem: { readonly message: string; readonly from: number; readonly to: number } | null;
};

/** A version of an imported detection, as the database has it. */
export type ImportedVersion = {
  readonly detection: ImportedDetection;
  readonly number: number;
  readonly variant: string;
  readonly fileName: string;
  readonly importedBy: string;
  readonly importedAt: string;
};

export type CatalogueEntry = {
  readonly id: string;
  readonly shipped: DetectionContent | null;
  /** The newest version. */
  readonly imported: ImportedVersion | null;
  readonly variants: readonly CatalogueVariant[];
  /** Null: disabled. */
  readonly wanted: string | null;
  /** The variant whose findings count; differs from `wanted` until all stored evidence was read for that. */
  readonly active: string | null;
  /** Why it was switched off without anybody asking. */
  readonly stopped: string | null;
  /** Risk that a manager set, 0 to 100; null: as its author says. */
  readonly riskScore: number | null;
};

/** All detections of this installation with what is set for them, at one revision. */
export type Catalogue = {
  readonly revision: string;
  readonly content: Content;
  /** Imported ones; by the name that the lookup command uses. */
  readonly lookups: SearchEnvironment['lookups'];
  readonly entries: readonly CatalogueEntry[];
  /** What counts. */
  readonly knowledge: Knowledge;
  /** What evidence is read for: what counts, what shall count, and what those are compared with. */
  readonly selecting: readonly SelectingRule[];
};

export type SelectingRule = { readonly rule: DetectionRule; readonly key: string };

/** What the database adds to the shipped content. */
export type CatalogueRows = {
  readonly revision: string;
  /** The newest version of each variant. */
  readonly versions: readonly ImportedVersion[];
  readonly macros: readonly MacroDefinition[];
  readonly lookupDefinitions: readonly LookupDefinition[];
  readonly lookupRows: readonly LookupRows[];
  readonly settings: ReadonlyMap<string, Pick<CatalogueEntry, 'wanted' | 'active' | 'stopped' | 'riskScore'>>;
};

/** Merges shipped content, imported content and settings. */
export function buildCatalogue(content: Content, rows: CatalogueRows): Catalogue {
  const base = searchEnvironment(content);
  const lookups = linkLookups(rows.lookupDefinitions, rows.lookupRows).tables;
  const environment = importEnvironment(base, {
    detections: rows.versions.map(({ detection }) => detection),
    macros: rows.macros,
    lookups,
  });
  const importedVariant = variantCompiler(rows.macros, lookups, environment);
  const shipped = shippedVariants(content, hashLookups([...base.lookups.values()]));
  const versions = Map.groupBy(rows.versions, ({ detection }) => detection.id);
  const ids = new Set([...content.detections.map(({ id }) => id), ...versions.keys()]);
  const entries = [...ids].map((id): CatalogueEntry => {
    const own = (versions.get(id) ?? []).toSorted((a, b) => b.number - a.number);
    const detection = content.detections.find((one) => one.id === id) ?? null;
    const ofContent = shipped.get(id) ?? [];
    const names = new Set(ofContent.map(({ name }) => name));
    const variants = [...ofContent];
    for (const version of own) {
      if (names.has(version.variant)) continue;
      names.add(version.variant);
      variants.push(importedVariant(version));
    }
    const otherwise = detection?.default_variant ?? null;
    const setting = rows.settings.get(id) ?? {
      wanted: otherwise,
      active: otherwise,
      stopped: null,
      riskScore: null,
    };
    // A variant that a newer release no longer has.
    const known = (variant: string | null): string | null =>
      variant === null || names.has(variant) ? variant : otherwise;
    return {
      id,
      shipped: detection,
      imported: own[0] ?? null,
      variants,
      wanted: known(setting.wanted),
      active: known(setting.active),
      stopped: setting.stopped,
      riskScore: setting.riskScore,
    };
  });
  return {
    revision: rows.revision,
    content,
    lookups: environment.lookups,
    entries,
    knowledge: {
      ...compileKnowledge(content),
      rules: entries.flatMap((entry) => {
        const rule = variantOf(entry, entry.active)?.rule;
        return rule ? [{ ...rule, riskScore: entry.riskScore ?? rule.riskScore }] : [];
      }),
    },
    selecting: entries.flatMap(selectingOf),
  };
}

export function variantOf(entry: CatalogueEntry, name: string | null): CatalogueVariant | null {
  return entry.variants.find((variant) => variant.name === name) ?? null;
}

/** The other shipped variants too: they can be compared and switched to without reading evidence again. */
function selectingOf(entry: CatalogueEntry): SelectingRule[] {
  if (entry.wanted === null && entry.active === null) return [];
  return entry.variants.flatMap(({ name, isShipped, rule, key }) =>
    rule !== null && key !== null && (isShipped || name === entry.wanted || name === entry.active)
      ? [{ rule, key }]
      : [],
  );
}

function shippedVariants(content: Content, lookupsHash: string): ReadonlyMap<string, CatalogueVariant[]> {
  const names = [...new Set(content.detections.flatMap(({ variants }) => Object.keys(variants)))];
  const rules = new Map(
    names
      .flatMap((name) => compileKnowledge(content, name).rules)
      .map((rule) => [`${rule.id} ${rule.variant}`, rule]),
  );
  return new Map(
    content.detections.map(({ id, variants }) => [
      id,
      Object.entries(variants).flatMap(([name, { search }]) => {
        const rule = rules.get(`${id} ${name}`);
        if (!rule) return [];
        const key = ruleKey(rule, lookupsHash);
        return [{ name, search, isShipped: true, rule, key, problem: null }];
      }),
    ]),
  );
}

/** Imported searches are compiled anew only when what they are compiled against has changed. */
let compiled: { readonly against: string; readonly variants: Map<string, CatalogueVariant> } | null = null;

function variantCompiler(
  macros: readonly MacroDefinition[],
  lookups: readonly LookupTable[],
  environment: SearchEnvironment,
): (version: ImportedVersion) => CatalogueVariant {
  const lookupsHash = hashLookups(lookups);
  const against = sha256(JSON.stringify([macros, [...environment.macros.keys()], lookupsHash]));
  if (compiled?.against !== against) compiled = { against, variants: new Map() };
  const { variants } = compiled;
  return (version) => {
    const id = `${version.detection.id} ${version.number}`;
    const known = variants.get(id);
    if (known) return known;
    const variant = compileImported(version, environment, lookupsHash);
    variants.set(id, variant);
    return variant;
  };
}

function compileImported(
  { detection, variant: name }: ImportedVersion,
  environment: SearchEnvironment,
  lookupsHash: string,
): CatalogueVariant {
  const about = { name, search: detection.search, isShipped: false };
  try {
    const rule = importedRule(detection, name, environment);
    return { ...about, rule, key: ruleKey(rule, lookupsHash), problem: null };
  } catch (error) {
    if (!(error instanceof SplError)) throw error;
    const { message, from, to } = error;
    return { ...about, rule: null, key: null, problem: { message, from, to } };
  }
}

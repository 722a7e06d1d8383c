import type { MacroDefinition } from '#lib/spl/types.ts';
import type { LookupDefinition, LookupRows } from './lookup.ts';

/** Something in a file that could not be read, or not fully: where, and what to do. */
export type ImportProblem = {
  /** The file and what in it: `name.yml: tags.impact`, `savedsearches.conf: [My search]`. */
  readonly place: string;
  /** From 1. */
  readonly line?: number;
  readonly message: string;
};

export const DETECTION_TYPES = [
  'TTP',
  'Anomaly',
  'Hunting',
  'Correlation',
  'Baseline',
  'Investigation',
  'Other',
] as const;
export type DetectionType = (typeof DETECTION_TYPES)[number];

export type RiskObject = {
  /** The column of the search's rows that names the object. */
  readonly field: string;
  readonly type: 'system' | 'user' | 'other';
  /** 0..100 */
  readonly score: number;
};

/** A detection as somebody published or saved it, in whatever form it came. */
export type ImportedDetection = {
  /** As published; made from the name where the form has none, so that it is the same each time. */
  readonly id: string;
  readonly name: string;
  /** Its filter macro is called `<fileName>_filter`. */
  readonly fileName: string;
  readonly type: DetectionType;
  readonly version: number;
  readonly description: string;
  readonly search: string;
  readonly risk: {
    /** The highest of its objects; 0..100. */
    readonly score: number;
    readonly message: string;
    readonly objects: readonly RiskObject[];
  };
  readonly techniques: readonly string[];
  readonly stories: readonly string[];
  readonly dataSources: readonly string[];
  readonly references: readonly string[];
  readonly knownFalsePositives: string;
  readonly howToImplement: string;
  /** `production`, `experimental`, `deprecated`; saved searches are `enabled` or `disabled`. */
  readonly status: string;
  /** Cron expression of a saved search. */
  readonly schedule: string | null;
  readonly tests: readonly DetectionTest[];
};

export type DetectionTest = {
  readonly name: string;
  readonly data: readonly {
    /** URL of the recorded log. */
    readonly data: string;
    readonly source: string;
    readonly sourcetype: string;
  }[];
};

/** What one file holds. Lookups come in two halves, the definition and the rows: `linkLookups` joins them. */
export type ImportedContent = {
  readonly detections: readonly ImportedDetection[];
  readonly macros: readonly MacroDefinition[];
  readonly lookupDefinitions: readonly LookupDefinition[];
  readonly lookupRows: readonly LookupRows[];
  readonly problems: readonly ImportProblem[];
};

export const NOTHING: ImportedContent = {
  detections: [],
  macros: [],
  lookupDefinitions: [],
  lookupRows: [],
  problems: [],
};

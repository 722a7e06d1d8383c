/** What a rule may be, so that all rules over all findings stay quick; messages name them. */
export const FILTER_LIMITS = {
  textLength: 50_000,
  /** Comparisons in the text of a rule; each value of IN counts. */
  terms: 2_000,
  commands: 20,
  /** Rules that are not removed. */
  rules: 2_000,
  hosts: 500,
  detections: 500,
  nameLength: 200,
} as const;

/** Least length of a reason. */
export const REASON_MIN = 20;
export const REASON_MAX = 2_000;
/** From when on a new rule ends unless its author says otherwise. */
export const DEFAULT_EXPIRY_DAYS = 90;

/** The detections that also exist as Sigma rules: one file each in rules/. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSigma } from './parse.ts';
import type { SigmaRule } from './rule.ts';

/** The product runs from its root; a bundle's import.meta.url would point elsewhere. */
const RULES_FOLDER = path.join('lib', 'sigma', 'rules');

export type ShippedSigma = {
  /** Id of the detection that the rule says the same as: what its `related` names as derived from. */
  readonly detectionId: string;
  readonly fileName: string;
  /** The YAML as written. */
  readonly text: string;
  readonly rule: SigmaRule;
};

/** All rules, by file name. Throws SigmaError for a mistake in one, and an Error for one that is derived from nothing. */
export function loadShippedSigma(folder: string = RULES_FOLDER): readonly ShippedSigma[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yml'));
  return files.sort().map((fileName) => {
    const text = readFileSync(path.join(folder, fileName), 'utf8');
    const rule = parseSigma(text);
    const detectionId = rule.related.find(({ type }) => type === 'derived')?.id;
    if (detectionId === undefined) throw new Error(`${fileName} names no detection that it is derived from.`);
    return { detectionId, fileName, text, rule };
  });
}

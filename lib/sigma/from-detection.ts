/** Writes detections as Sigma rules, for other tools. */
import { Document, isNode, isPair, isScalar, Scalar, visit } from 'yaml';
import type { SigmaLevel, SigmaStatus } from './rule.ts';

/** A value of a selection, in Sigma's own notation (wildcards and escapes included). */
export type SigmaData =
  | string
  | number
  | boolean
  | null
  | readonly SigmaData[]
  | { readonly [key: string]: SigmaData };

export type SigmaExport = {
  /** Id of the rule, a UUID of its own. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** ATT&CK techniques, such as T1059.001. */
  readonly techniques: readonly string[];
  readonly level: SigmaLevel;
  readonly author: string;
  readonly references: readonly string[];
  readonly falsepositives: readonly string[];
  readonly logsource: Readonly<Partial<Record<'category' | 'product' | 'service' | 'definition', string>>>;
  /** Selections by name, and the condition. */
  readonly detection: Readonly<Record<string, SigmaData>>;
  /** Id of the detection that the rule says the same as. */
  readonly derivedFrom?: string;
  readonly status?: SigmaStatus;
  readonly license?: string;
  /** As YYYY-MM-DD. */
  readonly date?: string;
};

/** The rule as YAML, in the order and with the quotes that the Sigma project asks for. */
export function detectionToSigma(detection: SigmaExport): string {
  const { id, name, derivedFrom, status, description, license, references, author, date } = detection;
  const document = new Document({
    title: name,
    id,
    ...(derivedFrom === undefined ? {} : { related: [{ id: derivedFrom, type: 'derived' }] }),
    ...(status === undefined ? {} : { status }),
    description,
    ...(license === undefined ? {} : { license }),
    ...(references.length === 0 ? {} : { references }),
    author,
    ...(date === undefined ? {} : { date }),
    tags: detection.techniques.map((technique) => `attack.${technique.toLowerCase()}`),
    logsource: detection.logsource,
    detection: detection.detection,
    falsepositives: detection.falsepositives.length === 0 ? ['Unknown'] : detection.falsepositives,
    level: detection.level,
  });
  const block = document.get('detection');
  // In quotes, so that a backslash or an asterisk is seen to be part of a value.
  visit(isNode(block) ? block : null, (key, node) => {
    if (isPair(node) && isScalar(node.key) && node.key.value === 'condition') return visit.SKIP;
    if (isScalar(node) && key !== 'key' && typeof node.value === 'string') node.type = Scalar.QUOTE_SINGLE;
    return undefined;
  });
  return document.toString({ indent: 4, lineWidth: 0, singleQuote: true });
}

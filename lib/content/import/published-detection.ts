/**
 * A published detection, in the four shapes that splunk/security_content has had:
 * 2023 and 2024: tags with observable, impact, confidence and risk_score; late 2024: an rba block beside tags with
 * confidence; 2025 to early 2026: an rba block and slim tags; from May 2026: intermediate_findings or finding, and what were tags at the top.
 */
import { z } from 'zod';
import {
  DETECTION_TYPES,
  type DetectionTest,
  type DetectionType,
  type ImportedDetection,
  type RiskObject,
} from './types.ts';

const text = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  .nullish()
  .transform((value) => value?.trim() ?? '');
const texts = z
  .union([z.array(text), text.transform((one) => (one === '' ? [] : [one]))])
  .nullish()
  .transform((values) => (values ?? []).filter((value) => value !== ''));
const percent = z.coerce.number().min(0).max(100);

const observable = z.object({ name: text, type: text, role: texts });
const riskObject = z.object({ field: text, type: text, score: percent.default(0), message: text });
const finding = z.object({
  title: text,
  message: text,
  entity: riskObject.nullish(),
  entities: z.array(riskObject).nullish(),
});

const schema = z.object({
  name: z.string().trim().min(1),
  id: z.guid(),
  search: z.string().trim().min(1),
  version: z.coerce.number().int().min(0).default(1),
  status: text,
  type: text,
  description: text,
  how_to_implement: text,
  known_false_positives: text,
  data_source: texts,
  references: texts,
  analytic_story: texts,
  mitre_attack_id: texts,
  tags: z
    .object({
      analytic_story: texts,
      mitre_attack_id: texts,
      impact: percent.nullish(),
      confidence: percent.nullish(),
      risk_score: percent.nullish(),
      message: text,
      observable: z.array(observable).nullish(),
    })
    .nullish(),
  rba: z.object({ message: text, risk_objects: z.array(riskObject).nullish() }).nullish(),
  finding: finding.nullish(),
  intermediate_findings: finding.nullish(),
  tests: z
    .array(
      z.object({
        name: text,
        attack_data: z.array(z.object({ data: text, source: text, sourcetype: text })).nullish(),
      }),
    )
    .nullish(),
});
type Published = z.infer<typeof schema>;

/** Observable types of the 2023 and 2024 shape that are risk objects (contentctl's lists). */
const USER_TYPES = new Set(['user', 'username', 'user name', 'email address']);
const SYSTEM_TYPES = new Set(['hostname', 'endpoint', 'device', 'ip address', 'host']);

function objectType(type: string): RiskObject['type'] {
  const known = type.toLowerCase();
  if (known === 'system' || SYSTEM_TYPES.has(known)) return 'system';
  return USER_TYPES.has(known) ? 'user' : 'other';
}

export function detectionType(type: string): DetectionType {
  return DETECTION_TYPES.find((known) => known.toLowerCase() === type.toLowerCase()) ?? 'Other';
}

function riskOf({ tags, rba, finding, intermediate_findings }: Published): ImportedDetection['risk'] {
  const blocks = [finding, intermediate_findings].filter((block) => block !== null && block !== undefined);
  const given = [
    ...(rba?.risk_objects ?? []),
    ...blocks.flatMap(({ entity, entities }) => [...(entity ? [entity] : []), ...(entities ?? [])]),
  ];
  const message =
    [
      rba?.message,
      ...blocks.map((block) => block.message),
      ...given.map((one) => one.message),
      tags?.message,
    ].find((one) => one) ?? '';
  if (given.length > 0) {
    const objects = given.map(({ field, type, score }) => ({ field, type: objectType(type), score }));
    return { score: Math.max(...objects.map(({ score }) => score)), message, objects };
  }
  const score = tags?.risk_score ?? Math.round(((tags?.impact ?? 0) * (tags?.confidence ?? 0)) / 100);
  const objects = (tags?.observable ?? [])
    .filter(({ role }) => role.length === 0 || role.some((one) => one.toLowerCase() === 'victim'))
    .map(({ name, type }) => ({ field: name, type: objectType(type), score }));
  return { score, message, objects };
}

const either = (first: readonly string[], second: readonly string[] | undefined): readonly string[] =>
  first.length > 0 ? first : (second ?? []);

function testsOf({ tests }: Published): readonly DetectionTest[] {
  return (tests ?? []).map(({ name, attack_data }) => ({ name, data: attack_data ?? [] }));
}

/**
 * @param fileStem name of the file without its ending; names the filter macro
 * @param say is told what is wrong, with the path to the field
 */
export function readPublishedDetection(
  value: unknown,
  fileStem: string,
  say: (field: readonly PropertyKey[], message: string) => void,
): ImportedDetection | null {
  const result = schema.safeParse(value);
  if (!result.success) {
    for (const { path, message } of result.error.issues.slice(0, 20)) say(path, message);
    return null;
  }
  const published = result.data;
  return {
    id: published.id,
    name: published.name,
    fileName: fileStem,
    type: detectionType(published.type),
    version: published.version,
    description: published.description,
    search: published.search,
    risk: riskOf(published),
    techniques: either(published.mitre_attack_id, published.tags?.mitre_attack_id),
    stories: either(published.analytic_story, published.tags?.analytic_story),
    dataSources: published.data_source,
    references: published.references,
    knownFalsePositives: published.known_false_positives,
    howToImplement: published.how_to_implement,
    status: published.status,
    schedule: null,
    tests: testsOf(published),
  };
}

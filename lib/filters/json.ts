/** Rules as JSON, with all that they say. */
import { z } from 'zod';
import type { ExportedRule, ImportedRules, ImportProblem, NamedDetection } from './exchange.ts';
import { filterDraft } from './inputs.ts';

const FORMAT = 'jobsight-filters';

const file = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  rules: z.array(z.unknown()).max(10_000),
});

export function rulesToJson(rules: readonly ExportedRule[], detections: readonly NamedDetection[]): string {
  const names = new Map(detections.map(({ id, name }) => [id, name]));
  const written = rules.map(({ number, draft: { ownerId: _, ...draft } }) => ({
    number,
    ...draft,
    detections: draft.detectionIds.map((id) => names.get(id) ?? id),
  }));
  return `${JSON.stringify({ format: FORMAT, version: 1, rules: written }, null, 2)}\n`;
}

/** @throws nothing: what cannot be read is in `problems` */
export function readRulesJson(text: string): ImportedRules {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { rules: [], problems: [{ place: 'the file', message: 'is not JSON' }] };
  }
  const read = file.safeParse(value);
  if (!read.success)
    return { rules: [], problems: [{ place: 'the file', message: `is not of the format ${FORMAT}` }] };
  const problems: ImportProblem[] = [];
  const rules = read.data.rules.flatMap((one, index) => {
    // The number is of another installation, and the names stand beside the ids for people.
    const { number: _, detections: __, ...rest } = Object(one) as Record<string, unknown>;
    const draft = filterDraft.safeParse(rest);
    if (draft.success) return [draft.data];
    const [issue] = draft.error.issues;
    problems.push({ place: `rule ${index + 1}`, message: `${issue?.path.join('.')}: ${issue?.message}` });
    return [];
  });
  return { rules, problems };
}

import { z } from 'zod';

/** What the YAML files of this folder may hold. Unknown keys are mistakes. */

const text = z.string().trim().min(1);
const texts = z.array(text);
const uuid = z.uuid();
const techniqueId = z.string().regex(/^T\d{4}(\.\d{3})?$/, 'a technique looks like T1059 or T1059.001');

export const macrosSchema = z.array(
  z.strictObject({
    name: z.string().regex(/^\w+$/),
    args: z.array(z.string().regex(/^\w+$/)).default([]),
    definition: z.string(),
  }),
);
export type MacroContent = z.infer<typeof macrosSchema>[number];

export const detectionSchema = z.strictObject({
  id: uuid,
  name: text,
  /** Name of the published detection's file; its filter macro is called `<file_name>_filter`. */
  file_name: z.string().regex(/^[a-z0-9_]+$/),
  type: z.enum(['TTP', 'Anomaly', 'Hunting', 'Correlation']),
  /** `extended`: no published search; its results are extended findings and run only where those are asked for. */
  evaluation: z.enum(['strict', 'extended']).default('strict'),
  version: z.int().min(1),
  title: text,
  description: text,
  default_variant: text,
  variants: z.record(
    z.string().regex(/^\d{4}$/, 'a variant is named by its year'),
    z.strictObject({
      search: text,
      /** Macros as they were when the variant was published; they go before those of macros.yaml. */
      macros: macrosSchema.default([]),
    }),
  ),
  relevant: z.strictObject({ search: text, blind: text }),
  risk: z.strictObject({
    impact: z.int().min(0).max(100),
    confidence: z.int().min(0).max(100),
    message: text,
    objects: z.array(z.strictObject({ field: text, type: z.enum(['system', 'user', 'other']) })).min(1),
  }),
  techniques: z.array(techniqueId).min(1),
  kill_chain_phases: texts,
  nist: texts,
  cis: texts,
  cve: texts,
  required_fields: texts,
  data_sources: texts.min(1),
  how_to_implement: text,
  known_false_positives: text,
  references: z.array(z.url()),
  stories: texts,
  /** What extended evaluation does with events that the search does not select as they were logged. */
  extended: z.strictObject({
    /** Script blocks that were logged in parts are joined. */
    join_script_blocks: z.boolean(),
    /** Script texts and command lines are decoded (lib/deobfuscate). */
    decode: z.boolean().default(false),
  }),
  sentences: z.array(z.strictObject({ when: text.optional(), say: text })).min(1),
  check_next: texts.min(1),
});
export type DetectionContent = z.infer<typeof detectionSchema>;

export const storySchema = z.strictObject({ name: text, description: text, references: z.array(z.url()) });
export type StoryContent = z.infer<typeof storySchema>;

const chainSeverity = z.enum(['high', 'critical']);

/** A switch is turned on, and what it allows is used before it is turned off. `when` and `unclear` are SPL, as behind `| where`. */
export const chainSchema = z.strictObject({
  id: uuid,
  name: text,
  variant: z.string().regex(/^\d{4}$/, 'a variant is named by its year'),
  version: z.int().min(1),
  title: text,
  description: text,
  within_hours: z
    .int()
    .min(1)
    .max(24 * 365),
  opens: z.strictObject({
    label: text,
    /** Its events are those of these detections' findings. */
    detections: z.array(uuid).min(1),
    when: text,
    /** An event that opens, but not for certain. */
    unclear: text.optional(),
  }),
  closes: z.strictObject({
    label: text,
    /** Kinds of timeline events that may close, besides the events of the findings that may open. */
    kinds: texts,
    /** A search that selects what closes; its terms tell which blocks of evidence hold such an event. */
    search: text,
  }),
  uses: z.strictObject({
    label: text,
    detections: z.array(uuid).min(1),
    /** Fields with a script or a command line that may name other hosts. */
    targets_from: texts.min(1),
  }),
  severity: chainSeverity,
  confirmed_by: texts,
  confirmed_severity: chainSeverity,
  techniques: z.array(techniqueId).min(1),
  kill_chain_phases: texts,
  nist: texts,
  cis: texts,
  known_false_positives: text,
  references: z.array(z.url()),
  stories: texts,
  sentences: z.array(z.strictObject({ when: text.optional(), say: text })).min(1),
  check_next: texts.min(1),
});
export type ChainContent = z.infer<typeof chainSchema>;

/** Raises an incident for a risk object. `condition` is SPL over the sums of a window (lib/risk), as behind `| where`. */
export const incidentSchema = z.strictObject({
  id: uuid,
  name: text,
  description: text,
  /** Over event time. */
  window_hours: z
    .int()
    .min(1)
    .max(24 * 365),
  /** `story`: looks at the risk events of each analytic story by themselves. */
  per: z.enum(['object', 'story']),
  /** Empty: all. */
  object_types: z.array(z.enum(['system', 'user', 'other'])),
  condition: text,
  /** `by-score`: by the bands of a sum. */
  severity: z.enum(['by-score', 'info', 'low', 'medium', 'high', 'critical']),
  sentence: text,
});
export type IncidentContent = z.infer<typeof incidentSchema>;

export const attackSchema = z.strictObject({
  version: text,
  tactics: z.array(z.strictObject({ id: z.string().regex(/^TA\d{4}$/), name: text })),
  techniques: z.array(
    z.strictObject({ id: techniqueId, name: text, parent: techniqueId.optional(), tactics: texts.min(1) }),
  ),
});
export type AttackContent = z.infer<typeof attackSchema>;

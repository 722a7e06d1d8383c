/** A detection as a stanza of savedsearches.conf, written by hand or made from published content. */
import { z } from 'zod';
import type { Stanza } from './conf.ts';
import { savedSearchId } from './name-uuid.ts';
import { detectionType } from './published-detection.ts';
import type { DetectionType, ImportedDetection, RiskObject } from './types.ts';

const texts = z.array(z.string());
const annotationsSchema = z.object({
  mitre_attack: texts.catch([]).default([]),
  analytic_story: texts.catch([]).default([]),
  data_source: texts.catch([]).default([]),
  impact: z.number().min(0).max(100).optional().catch(undefined),
  confidence: z.number().min(0).max(100).optional().catch(undefined),
});
type Annotations = z.infer<typeof annotationsSchema>;

/** `_risk` also lists threat objects, which have no score. */
const riskSchema = z.array(
  z.object({
    risk_object_field: z.string().optional(),
    risk_object_type: z.string().optional(),
    risk_score: z.coerce.number().min(0).max(100).optional(),
  }),
);

type Say = (line: number, message: string) => void;

function readJson<T>(stanza: Stanza, key: string, schema: z.ZodType<T>, say: Say): T | null {
  const setting = stanza.settings.get(key);
  if (setting === undefined || setting.value === '') return null;
  try {
    const result = schema.safeParse(JSON.parse(setting.value));
    if (result.success) return result.data;
    say(setting.line, `${key}: ${result.error.issues[0]?.message ?? 'is not as expected'}`);
  } catch {
    say(setting.line, `${key} is not JSON: it is left out`);
  }
  return null;
}

/** Whether a setting is switched on. */
const isOn = (stanza: Stanza, key: string): boolean =>
  ['1', 'true', 't'].includes(stanza.settings.get(key)?.value.toLowerCase() ?? '');

/** What Enterprise Security makes of a match says what kind of detection it is. */
function typeOf(stanza: Stanza): DetectionType {
  const named = stanza.settings.get('action.escu.type')?.value ?? stanza.settings.get('type')?.value;
  if (named !== undefined) return detectionType(named);
  if (isOn(stanza, 'action.notable')) return isOn(stanza, 'action.risk') ? 'TTP' : 'Correlation';
  return isOn(stanza, 'action.risk') ? 'Anomaly' : 'Hunting';
}

function riskOf(stanza: Stanza, annotations: Annotations | null, say: Say): ImportedDetection['risk'] {
  const message = stanza.settings.get('action.risk.param._risk_message')?.value ?? '';
  const given = readJson(stanza, 'action.risk.param._risk', riskSchema, say) ?? [];
  const objects = given.flatMap(
    ({ risk_object_field: field, risk_object_type: type, risk_score }): RiskObject[] =>
      field === undefined
        ? []
        : [{ field, type: type === 'user' || type === 'system' ? type : 'other', score: risk_score ?? 0 }],
  );
  const { impact, confidence } = annotations ?? {};
  const fallback =
    impact === undefined || confidence === undefined ? 0 : Math.round((impact * confidence) / 100);
  const score = objects.length > 0 ? Math.max(...objects.map((object) => object.score)) : fallback;
  return { score, message, objects };
}

/** `ESCU - At Job Created - Rule` is called At Job Created. */
function nameOf(stanza: Stanza): string {
  const label = stanza.settings.get('action.correlationsearch.label')?.value;
  const full = label === undefined || label === '' ? stanza.name : label;
  return full.replace(/^ESCU - /, '').replace(/ - Rule$/, '');
}

const fileNameOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');

export function readSavedSearch(stanza: Stanza, say: Say): ImportedDetection | null {
  const setting = (key: string): string => stanza.settings.get(key)?.value ?? '';
  const search = setting('search');
  if (search === '') {
    say(stanza.settings.get('search')?.line ?? stanza.line, 'the search is empty: write search = SPL');
    return null;
  }
  const annotations = readJson(stanza, 'action.correlationsearch.annotations', annotationsSchema, say);
  const name = nameOf(stanza);
  const version = setting('action.escu.version');
  return {
    id: savedSearchId(stanza.name),
    name,
    fileName: fileNameOf(name),
    type: typeOf(stanza),
    version: /^\d{1,6}$/.test(version) ? Number(version) : 1,
    description: setting('description'),
    search,
    risk: riskOf(stanza, annotations, say),
    techniques: annotations?.mitre_attack ?? [],
    stories: annotations?.analytic_story ?? [],
    dataSources: annotations?.data_source ?? [],
    references: [],
    knownFalsePositives: setting('action.escu.known_false_positives'),
    howToImplement: setting('action.escu.how_to_implement'),
    status: isOn(stanza, 'disabled') ? 'disabled' : 'enabled',
    schedule: setting('cron_schedule') || null,
    tests: [],
  };
}

import { savedSearchId } from '#lib/content/import/name-uuid.ts';
import { readPublished } from '#lib/content/import/read.ts';
import { type ImportedContent, type ImportedDetection, NOTHING } from '#lib/content/import/types.ts';
import { parseSigma, SigmaError, type SigmaRule } from '#lib/sigma/parse.ts';
import { sigmaToSpl } from '#lib/sigma/to-spl.ts';

/** Reads a file of detections in any form that is known, Sigma too. Never throws: what cannot be read is a problem. */
export function readDetectionFile(text: string, fileName: string): ImportedContent {
  if (!isSigma(text)) return readPublished(text, fileName);
  const base = fileName.split(/[/\\]/).at(-1) ?? fileName;
  try {
    return { ...NOTHING, detections: [sigmaDetection(parseSigma(text), base)] };
  } catch (error) {
    if (!(error instanceof SigmaError)) throw error;
    const place = error.field === '' ? base : `${base}: ${error.field}`;
    return { ...NOTHING, problems: [{ place, line: error.line, message: error.message }] };
  }
}

/** A rule names its log source and its detection at the top; nothing else that is imported has both. */
export function isSigma(text: string): boolean {
  return /^logsource\s*:/m.test(text) && /^detection\s*:/m.test(text);
}

/** Sigma has levels, not scores: those that come nearest to what published detections of the same kind have. */
const RISK_OF_LEVEL = { informational: 0, low: 20, medium: 40, high: 60, critical: 80 } as const;

function sigmaDetection(rule: SigmaRule, file: string): ImportedDetection {
  const level = rule.level ?? 'medium';
  const score = RISK_OF_LEVEL[level];
  return {
    id: rule.id?.toLowerCase() ?? savedSearchId(`sigma ${rule.title}`),
    name: rule.title,
    fileName: file.replace(/\.ya?ml$/i, ''),
    type: level === 'high' || level === 'critical' ? 'TTP' : 'Anomaly',
    version: 1,
    description: rule.description ?? '',
    search: sigmaToSpl(rule),
    risk: {
      score,
      message: `${rule.title.replaceAll('$', '')} on $dest$ by $user$`,
      objects: [
        { field: 'dest', type: 'system', score },
        { field: 'user', type: 'user', score },
      ],
    },
    techniques: rule.techniques,
    stories: [],
    dataSources: [rule.logsource.product, rule.logsource.category, rule.logsource.service].filter(
      (part) => part !== null,
    ),
    references: rule.references,
    knownFalsePositives: rule.falsepositives.join('\n'),
    howToImplement: rule.logsource.definition ?? '',
    status: rule.status ?? '',
    schedule: null,
    tests: [],
  };
}

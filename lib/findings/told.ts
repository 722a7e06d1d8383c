import { type Catalogue, variantOf } from '#lib/catalogue/catalogue.ts';
import { descriptionOf } from '#lib/catalogue/description.ts';
import type { ChainRule } from '#lib/detection/chain-rule.ts';
import { explainRecords } from '#lib/detection/detect.ts';
import { fieldText, fieldTexts } from '#lib/detection/fields.ts';
import type { FieldValue } from '#lib/events/event.ts';
import { hostName, shortHostName } from '#lib/events/names.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { targetsOf } from '#lib/targets/targets.ts';
import type { FindingDetail, WhyItFired } from './types.ts';

/** What the detection, or the chain, says of one of its findings. */
type Told = Pick<
  FindingDetail,
  | 'search'
  | 'evaluation'
  | 'why'
  | 'decoding'
  | 'killChain'
  | 'nist'
  | 'cis'
  | 'impact'
  | 'confidence'
  | 'checkNext'
  | 'knownFalsePositives'
>;

type Finding = Pick<FindingDetail, 'detectionId' | 'variant' | 'mode'>;
type Row = readonly (readonly [string, FieldValue])[];

const WHY_MAX = 50;

/**
 * @param records of the finding's events
 * @returns null when what found it is no longer installed
 */
export function toldOf(
  catalogue: Catalogue,
  finding: Finding,
  row: Row,
  records: readonly EvidenceRecord[],
): Told | null {
  const chain = catalogue.knowledge.chains.find(({ id }) => id === finding.detectionId);
  return chain
    ? toldByChain(catalogue, chain, new Map(row), records)
    : toldByDetection(catalogue, finding, new Map(row), records);
}

/** Not only of what counts: a superseded finding can still be looked at. */
function toldByDetection(
  catalogue: Catalogue,
  finding: Finding,
  row: ReadonlyMap<string, FieldValue>,
  records: readonly EvidenceRecord[],
): Told | null {
  const entry = catalogue.entries.find((one) => one.id === finding.detectionId);
  const rule = entry && variantOf(entry, finding.variant)?.rule;
  if (!entry || !rule) return null;
  const { killChain, nist, cis, risk, knownFalsePositives } = descriptionOf(entry);
  const { explain, decoding } = explainRecords(rule, finding.mode, records);
  return {
    search: rule.search.text,
    evaluation: rule.evaluation,
    why: explain,
    decoding: decoding.map(({ method, before, after }) => ({ method, before, after })),
    killChain,
    nist,
    cis,
    impact: risk.impact,
    confidence: risk.confidence,
    checkNext: rule.checkNext(row, records.map(eventFromRecord)),
    knownFalsePositives,
  };
}

function toldByChain(
  catalogue: Catalogue,
  rule: ChainRule,
  row: ReadonlyMap<string, FieldValue>,
  records: readonly EvidenceRecord[],
): Told | null {
  const content = catalogue.content.chains.find(({ id }) => id === rule.id);
  if (!content) return null;
  return {
    search: rule.text,
    evaluation: 'extended',
    why: namingsOf(rule, hostName(fieldText(row.get('dest'))), records),
    decoding: [],
    killChain: content.kill_chain_phases,
    nist: content.nist,
    cis: content.cis,
    impact: 0,
    confidence: 0,
    checkNext: rule.checkNext(row),
    knownFalsePositives: content.known_false_positives,
  };
}

/** Where scripts and command lines name the host of the chain: what joins the source host to it. */
function namingsOf(rule: ChainRule, host: string, records: readonly EvidenceRecord[]): WhyItFired[] {
  const found = new Map<string, WhyItFired>();
  for (const event of records.map(eventFromRecord)) {
    for (const field of rule.uses.targetFields) {
      for (const value of fieldTexts(event.get(field))) {
        const name = targetsOf(value).find((one) => shortHostName(one) === shortHostName(host));
        if (name === undefined || found.size >= WHY_MAX) continue;
        const ranges = placesOf(name, value);
        if (ranges.length > 0)
          found.set(`${field} ${value}`, { field, term: `names ${name}`, value, ranges });
      }
    }
  }
  return [...found.values()];
}

/** Where a name stands in a text as a word of its own, in any letters. */
function placesOf(name: string, text: string): (readonly [number, number])[] {
  const lower = text.toLowerCase();
  // Rare letters change their number with their case; then no place is certain.
  if (lower.length !== text.length) return [];
  const places: (readonly [number, number])[] = [];
  for (
    let at = lower.indexOf(name);
    at >= 0 && places.length < WHY_MAX;
    at = lower.indexOf(name, at + name.length)
  ) {
    const isWord = !/[\p{L}\p{N}_]/u.test(lower.charAt(at - 1) + lower.charAt(at + name.length));
    if (isWord) places.push([at, at + name.length]);
  }
  return places;
}

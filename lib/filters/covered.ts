import { findingListItems } from '#lib/findings/list.ts';
import type { CoveredFinding } from './types.ts';

/** Findings as rules name them, the latest first. */
export async function coveredFindings(ids: readonly string[], limit: number): Promise<CoveredFinding[]> {
  return (await findingListItems(ids, limit)).map((item) => ({
    id: item.id,
    number: item.number,
    sentence: item.sentence,
    detectionName: item.detectionName,
    dest: item.dest,
    user: item.user,
    severity: item.severity,
    riskScore: item.riskScore,
    firstTicks: item.firstTicks,
    disposition: item.disposition,
  }));
}

import { CHAIN_TYPE } from '#lib/detection/chain-type.ts';
import type { FindingListItem } from '#lib/findings/types.ts';

type Filterable = Pick<FindingListItem, 'number' | 'detectionType' | 'state'>;

/** A chain goes when its steps are hidden; it has no filter macro of its own. */
export const canBeFiltered = ({ detectionType, state }: Filterable): boolean =>
  detectionType !== CHAIN_TYPE && state === 'active';

/** Where a filter rule that covers these findings is written. */
export function newFilterHref(findings: readonly Filterable[]): string {
  return `/filters/new?findings=${findings.map(({ number }) => number).join(',')}`;
}

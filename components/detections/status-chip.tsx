import { Chip } from '#components/ui/chip.tsx';
import type { DetectionStatus } from '#lib/catalogue/types.ts';
import { DETECTION_STATUS_WORDS } from './words.ts';

const COLOURS: Readonly<Partial<Record<DetectionStatus, string>>> = {
  'no-data': 'border-medium text-medium',
  'cannot-run': 'border-critical text-critical',
  'being-read': 'border-accent text-accent',
  stopped: 'border-critical text-critical',
};

export function DetectionStatusChip({ status }: { readonly status: DetectionStatus }) {
  return <Chip className={COLOURS[status]}>{DETECTION_STATUS_WORDS[status]}</Chip>;
}

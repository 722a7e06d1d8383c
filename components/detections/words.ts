import type { DetectionStatus, ImportedItem } from '#lib/catalogue/types.ts';

export const DETECTION_STATUS_WORDS: Readonly<Record<DetectionStatus, string>> = {
  runs: 'Runs here',
  'no-data': 'Runs, no data for it',
  'cannot-run': 'Cannot run',
  disabled: 'Disabled',
  'being-read': 'Reading evidence for it',
  stopped: 'Switched off: too much',
};

export const OUTCOME_WORDS: Readonly<Record<ImportedItem['outcome'], string>> = {
  added: 'New',
  updated: 'Updated',
  unchanged: 'Was here already',
  shipped: 'Ships with Jobsight',
};

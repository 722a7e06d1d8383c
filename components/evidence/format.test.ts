import { expect, it } from 'vitest';
import { recordSum } from './format.ts';

it('the sum of records accounts for alerts and for what came again', () => {
  const counts = { recordCount: 2, lossCount: 1, duplicateCount: 1, alerts: null };
  expect(recordSum(counts)).toBe('3 records = 1 event + 1 bad + 1 seen already');
  expect(recordSum({ ...counts, alerts: { total: 3, repeatCount: 3 } })).toBe(
    '9 records = 1 event + 3 alerts + 1 bad + 4 seen already',
  );
});

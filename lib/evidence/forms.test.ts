import { expect, it } from 'vitest';
import { formLabel, isMappedForm } from './forms.ts';

it('a form whose names are our doing is told from one that Splunk would read the same', () => {
  expect((['evtx', 'xml', 'splunk', 'json'] as const).map(isMappedForm)).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect((['evtx_dump', 'winlogbeat', 'nxlog', 'elastic', 'defender'] as const).every(isMappedForm)).toBe(
    true,
  );
  expect(formLabel('defender')).toBe('Microsoft Defender JSON');
});

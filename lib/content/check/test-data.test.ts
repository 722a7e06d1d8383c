import { expect, it } from 'vitest';
import { datasetPath } from './test-data.ts';

it.each([
  ['https://media.example.org/attack/master/datasets/t1053/at/windows.log', 't1053/at/windows.log'],
  ['https://example.org/datasets/a.log?raw=true#x', 'a.log'],
  ['https://example.org/datasets/../secret.log', null],
  ['https://example.org/datasets/a/../../secret.log', null],
  ['https://example.org/datasets/a\\..\\..\\secret.log', null],
  ['https://example.org/datasets//etc/passwd', null],
  ['https://example.org/logs/a.log', null],
  ['', null],
])('the recording of %s lies at %s', (url, place) => {
  expect(datasetPath(url)).toBe(place);
});

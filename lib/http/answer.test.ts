import { describe, expect, it } from 'vitest';
import { apiAnswer, withTimes } from './answer.ts';

describe('withTimes', () => {
  it('puts the time with all 7 digits beside its ticks, however deep', () => {
    expect(
      withTimes({ items: [{ firstTicks: '17096300421254367', peakEndTicks: null, count: 2 }], ticks: '-1' }),
    ).toEqual({
      items: [
        {
          firstTicks: '17096300421254367',
          first_time: '2024-03-05T09:14:02.1254367Z',
          peakEndTicks: null,
          peak_end_time: null,
          count: 2,
        },
      ],
      ticks: '-1',
      time: '1969-12-31T23:59:59.9999999Z',
    });
  });

  it('leaves rows of evidence as they are', () => {
    const row = {
      row: [
        ['ticks', '5'],
        ['__proto__', 'x'],
      ],
      fields: [['firstTicks', ['1', '2']]],
    };
    expect(withTimes(row)).toEqual(row);
  });
});

it('an answer has the status that was asked for and is not kept by caches', async () => {
  const response = apiAnswer({ ticks: null }, 202);
  expect([response.status, response.headers.get('cache-control')]).toEqual([202, 'no-store']);
  expect(await response.json()).toEqual({ ticks: null, time: null });
});

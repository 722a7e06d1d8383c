import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError, ERROR_STATUS, type ErrorCode } from '#lib/errors.ts';
import { jsonResponse } from './json.ts';
import { problemResponse } from './problem.ts';

describe('problemResponse', () => {
  it.each(Object.keys(ERROR_STATUS) as ErrorCode[])(
    '%s has its status in the answer and in the document',
    async (code) => {
      const response = problemResponse(new AppError(code, 'What to do.', { field: 'name' }));
      expect(response.status).toBe(ERROR_STATUS[code]);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.json()).toEqual({
        type: `urn:jobsight:problem:${code}`,
        title: code,
        status: ERROR_STATUS[code],
        detail: 'What to do.',
        details: { field: 'name' },
      });
    },
  );

  it('says nothing of an unexpected error but a reference', async () => {
    const response = problemResponse(new Error('password=hunter2 at /home/ana'));
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('hunter2');
    expect(text).toMatch(/reference [0-9a-f-]{36}/);
  });

  it('names the field of a wrong input', async () => {
    const wrong = z.object({ user: z.object({ age: z.number('Write a number.') }) }).safeParse({ user: {} });
    expect(await problemResponse(wrong.error).json()).toMatchObject({
      status: 400,
      detail: 'Write a number.',
      details: { field: 'user.age' },
    });
  });
});

describe('jsonResponse', () => {
  it('writes a BigInt as its digits, to the last one', async () => {
    const response = jsonResponse({ ticks: 17_096_300_421_254_367n, list: [1n] });
    expect(await response.text()).toBe('{"ticks":"17096300421254367","list":["1"]}');
  });
});

import { describe, expect, it } from 'vitest';
import { changeWords } from './history-words.ts';

const change = (before: Record<string, unknown>, after: Record<string, unknown>) =>
  changeWords({ action: 'detection.change', before, after });

describe('changeWords', () => {
  it.each([
    [{ variant: '2023' }, { variant: null }, 'disabled it'],
    [{ variant: null }, { variant: '2023' }, 'enabled variant 2023'],
    [{ variant: '2023' }, { variant: '2026' }, 'let variant 2026 count in place of 2023'],
    [{ variant: '2023', riskScore: null }, { variant: '2023', riskScore: 5 }, 'set the risk to 5'],
    [{ riskScore: 5 }, { riskScore: null }, "took the author's risk again"],
  ])('from %j to %j', (before, after, words) => {
    expect(change(before, after)).toBe(words);
  });

  it('tells a change of impact and confidence with its reason', () => {
    const risk = (after: Record<string, unknown>) =>
      changeWords({ action: 'detection.risk', before: null, after });
    expect(risk({ impact: 80, confidence: 20, reason: 'noisy here' })).toBe(
      'set impact 80 and confidence 20: noisy here',
    );
    expect(risk({ impact: null, confidence: null, reason: '' })).toBe("took the author's risk again");
  });
});

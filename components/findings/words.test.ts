import { describe, expect, it } from 'vitest';
import { counted, findingMark, modeExplained, shortUser } from './words.ts';

const PLAIN = { mode: 'strict', variant: '2023', filled: [], evaluation: 'strict', decoding: [] } as const;

describe('words of findings', () => {
  it('count exactly', () => {
    expect(counted(1, 'finding')).toBe('1 finding');
    expect(counted(1_204, 'finding')).toBe('1,204 findings');
  });

  it('shorten only SIDs of a domain', () => {
    expect(shortUser('S-1-5-21-4230534742-2542757381-3142984815-1111')).toBe('…-1111');
    expect(shortUser('S-1-5-18')).toBe('S-1-5-18');
    expect(shortUser('svc-deploy')).toBe('svc-deploy');
  });

  it('mark everything that is not an ordinary finding, deleted evidence before the rest', () => {
    expect(findingMark('strict', 'active')).toBeNull();
    expect(findingMark('lenient', 'active')?.word).toBe('Lenient');
    expect(findingMark('extended', 'evidence_deleted')?.word).toBe('Evidence deleted');
    expect(findingMark('strict', 'superseded')?.word).toBe('Superseded');
  });

  it('name the fields that lenient handling filled', () => {
    expect(modeExplained({ ...PLAIN, mode: 'lenient', filled: ['user', 'dest'] })).toContain(
      'the empty fields user and dest were filled',
    );
  });

  it('say what made an extended finding: joining, decoding or a search of our own', () => {
    const step = { method: 'base64', before: 'a', after: 'b' };
    expect(modeExplained({ ...PLAIN, mode: 'extended' })).toContain('parts of the text were joined');
    expect(modeExplained({ ...PLAIN, mode: 'extended', decoding: [step, step] })).toContain(
      'it matches after 2 steps of decoding',
    );
    expect(modeExplained({ ...PLAIN, mode: 'extended', evaluation: 'extended' })).toContain(
      'no published search looks for this; ours finds it.',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { AppError } from '#lib/errors.ts';
import { changeOneByOne } from './bulk.ts';

const SEEN = { status: 'new', disposition: null, ownerId: null } as const;
const NOW = { version: 7, status: 'new', disposition: null, owner: null } as const;

describe('a change of many findings', () => {
  it('is made on the version that stands there, as long as that is what the list showed', async () => {
    const written: [number, number][] = [];
    const result = await changeOneByOne([{ number: 1, seen: SEEN }], {
      read: async () => NOW,
      write: async (number, version) => {
        written.push([number, version]);
      },
    });
    expect(written).toEqual([[1, 7]]);
    expect(result).toEqual({ changed: [1], refused: [] });
  });

  it('never writes over what somebody else did, and goes on with the others', async () => {
    const written: number[] = [];
    const result = await changeOneByOne(
      [1, 2, 3, 4].map((number) => ({ number, seen: SEEN })),
      {
        read: async (number) => {
          if (number === 2)
            return { ...NOW, status: 'closed', disposition: 'true_positive', owner: { id: 'b', name: 'Bo' } };
          if (number === 3) throw new AppError('not-found', 'There is no such finding.');
          return NOW;
        },
        write: async (number) => {
          if (number === 4) throw new AppError('conflict', 'Somebody changed this finding.');
          written.push(number);
        },
      },
    );
    expect(written).toEqual([1]);
    expect(result.changed).toEqual([1]);
    expect(result.refused).toEqual([
      { number: 2, why: 'Somebody changed it meanwhile: it is closed as true positive, owned by Bo now.' },
      { number: 3, why: 'There is no such finding.' },
      { number: 4, why: 'Somebody changed this finding.' },
    ]);
  });
});

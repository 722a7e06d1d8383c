import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderEventXml } from '#lib/evidence/render.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { XML_LIMITS } from './limits.ts';
import { readXml } from './reader.ts';
import { emptySystem } from './system.ts';

const NAMES = fc.constantFrom('A', 'Microsoft-Windows-Sysmon', 'é&"', null);
const EVENTS = fc.record({
  providerName: NAMES,
  channel: NAMES,
  computer: NAMES,
  eventId: fc.integer({ min: 0, max: 40 }),
  systemTime: fc.constantFrom('2024-03-05T09:14:02.1254367Z', '2025-03-05T09:14:02Z', 'never', null),
});

async function firstBlock(bytes: Buffer, needles?: readonly string[]) {
  const limits = { ...XML_LIMITS, readBytes: 4096 };
  for await (const block of readXml(fromBuffer(bytes), needles ? { needles } : {}, limits)) return block;
  return null;
}

describe('the census of a block that is left unparsed', () => {
  it('is that of the parsed one, also in mutants', async () => {
    const change = fc.tuple(fc.nat(), fc.constantFrom(...Buffer.from('<>/=" \'&;7\n')));
    await fc.assert(
      fc.asyncProperty(
        fc.array(EVENTS, { minLength: 1, maxLength: 60 }),
        fc.array(change, { maxLength: 2 }),
        async (events, changes) => {
          const bytes = Buffer.from(
            events
              .map((values) => ({ ...emptySystem(), ...values }))
              .map((system) => renderEventXml({ system, data: [['a', 'b']], userDataXml: null }))
              .join('\n'),
          );
          for (const [place, byte] of changes) bytes[place % bytes.length] = byte;
          const parsed = await firstBlock(bytes);
          // Of a skipped event only System is read, so that damage after it goes unseen.
          fc.pre(parsed?.problems.every(({ isLoss }) => !isLoss) ?? false);
          const skipped = await firstBlock(bytes, ['no such text']);
          expect(skipped?.census()).toEqual(parsed?.census());
        },
      ),
      { numRuns: 300 },
    );
  });
});

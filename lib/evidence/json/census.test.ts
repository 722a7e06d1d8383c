import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JSON_LIMITS } from './limits.ts';
import { read } from './testing/read-json.ts';

const attributes = (values: Record<string, unknown>) => ({ '#attributes': values });
const NAMES = fc.constantFrom('A', 'Microsoft-Windows-Sysmon', 'é"\\', '');
const IDS = fc.oneof(fc.constantFrom(1, 4104, -0, 1.5, '7', ' 8 ', null), fc.integer());
const TIMES = fc.constantFrom(
  '2024-03-05T09:14:02.1254367Z',
  '2024-03-05T09:14:02Z',
  '2024-02-30T09:14:02Z',
  '2024-03-05 09:14:02 UTC',
  '1709630042.5',
  '',
);

/** Objects as evtx_dump writes them, and some that it never would. */
const OBJECTS = fc
  .record({
    id: IDS,
    provider: NAMES,
    channel: NAMES,
    computer: NAMES,
    time: TIMES,
    data: fc.jsonValue({ maxDepth: 2 }),
    form: fc.constantFrom('usual', 'usual', 'beside', 'qualifiers', 'more', 'twice'),
  })
  .map(({ id, provider, channel, computer, time, data, form }) => {
    const system = {
      Provider: attributes({ Name: provider }),
      EventID: form === 'qualifiers' ? { ...attributes({ Qualifiers: 1 }), '#text': id } : id,
      ...(form === 'beside'
        ? { TimeCreated: null, TimeCreated_attributes: { SystemTime: time } }
        : { TimeCreated: attributes({ SystemTime: time }) }),
      EventRecordID: 9,
      Channel: channel,
      Computer: computer,
    };
    const more = form === 'more' ? { result: { _raw: 'x' } } : {};
    const whole = JSON.stringify({ Event: { System: system, EventData: data }, ...more });
    return form === 'twice' ? whole.replace('"Channel"', '"Channel":"Other","Channel"') : whole;
  });

/** The census of a text with all objects parsed and with none. */
async function bothWays(text: string | Buffer) {
  const limits = { ...JSON_LIMITS, readBytes: 4096 };
  const [parsed] = (await read(text, {}, limits)).blocks;
  const [skipped] = (await read(text, { needles: ['no such text'] }, limits)).blocks;
  const inOrder = (block: typeof parsed) =>
    (block?.census() ?? [])
      .map((row) => JSON.stringify(row, (_key, value) => (typeof value === 'bigint' ? `${value}` : value)))
      .sort();
  return { parsed: inOrder(parsed), skipped: inOrder(skipped), isParsed: skipped?.isParsed };
}

describe('the census of objects that are left unparsed', () => {
  it('is that of the parsed ones', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(OBJECTS, { minLength: 1, maxLength: 12 }), async (objects) => {
        const { parsed, skipped } = await bothWays(`${objects.join('\n')}\n`);
        expect(skipped).toEqual(parsed);
      }),
      { numRuns: 500 },
    );
  });

  it('is that of the parsed ones in mutants', async () => {
    const bytes = fc.oneof(
      fc.constantFrom(...Buffer.from('"{}[]:,\\u0-.eE\n\ttn')),
      fc.integer({ max: 255, min: 0 }),
    );
    const change = fc.record({ place: fc.nat(), byte: bytes, isInserted: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(OBJECTS, { minLength: 1, maxLength: 3 }),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        async (objects, changes) => {
          let mutant = Buffer.from(`${objects.join('\n')}\n`);
          for (const { place, byte, isInserted } of changes) {
            const at = place % mutant.length;
            const after = mutant.subarray(isInserted ? at : at + 1);
            mutant = Buffer.concat([mutant.subarray(0, at), Buffer.from([byte]), after]);
          }
          const { parsed, skipped } = await bothWays(mutant);
          expect(skipped).toEqual(parsed);
        },
      ),
      { numRuns: 600 },
    );
  });

  it.each([
    ['a key written with an escape', '{"Event":{"\\u0053ystem":{"Channel":"B"},"System":{"Channel":"A"}}}'],
    ['a key that comes twice', '{"Event":{"System":{"Channel":"A"}},"Event":{"System":{"Channel":"B"}}}'],
    ['a number without its leading zero', '{"Event":{"System":{"Channel":"A"},"EventData":{"a":.5}}}'],
    ['a number with zeros before it', '{"Event":{"System":{"Channel":"A"},"EventData":{"a":007}}}'],
    ['an escape that there is not', '{"Event":{"System":{"Channel":"A"},"EventData":{"a":"\\x"}}}'],
    ['a comma too many', '{"Event":{"System":{"Channel":"A"},"EventData":{"a":1,}}}'],
  ])('is that of the parsed ones with %s', async (_name, object) => {
    const time = '"TimeCreated":{"#attributes":{"SystemTime":"2024-03-05T09:14:02Z"}},"Channel"';
    const { parsed, skipped, isParsed } = await bothWays(object.replaceAll('"Channel"', time));
    expect(skipped).toEqual(parsed);
    // An escape could hide a literal, so such an object is parsed; what is no JSON is told as when it is parsed.
    expect(isParsed).toBe(!object.includes('"Event":{"System":{"Channel":"A"}},'));
  });
});

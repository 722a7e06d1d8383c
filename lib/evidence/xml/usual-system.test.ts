import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderEventXml } from '#lib/evidence/render.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { parseIsoTime } from '#lib/evidence/time.ts';
import { EventSyntaxError, parseEventText } from './event-text.ts';
import { XML_LIMITS } from './limits.ts';
import { readXml } from './reader.ts';
import { emptySystem } from './system.ts';
import { UsualSystems } from './usual-system.ts';

const SYSTEM = {
  ...emptySystem(),
  providerName: 'Microsoft-Windows-Sysmon',
  providerGuid: '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}',
  eventId: 13,
  qualifiers: '0',
  level: '4',
  systemTime: '2024-03-05T09:14:02.1254367Z',
  recordId: '7',
  processId: '4',
  threadId: '5',
  channel: 'Microsoft-Windows-Sysmon/Operational',
  computer: 'h.example',
  userId: 'S-1-5-18',
};
const USUAL = renderEventXml({ system: SYSTEM, data: [['a', '<b>']], userDataXml: null });
const LAYOUTS = [
  USUAL,
  USUAL.replaceAll("'", '"'),
  USUAL.replaceAll('><', '>\r\n  <'),
  USUAL.replace('/>', '></Provider>'),
];

function parsed(text: string) {
  try {
    const { channel, eventId, computer, providerName, systemTime } = parseEventText(text, 'system').system;
    return {
      kind: { providerName, eventId, channel, computer },
      timeTicks: systemTime === null ? null : parseIsoTime(systemTime),
    };
  } catch (error) {
    if (error instanceof EventSyntaxError) return null;
    throw error;
  }
}

describe('the System element of an event', () => {
  it.each(LAYOUTS)('is read without parsing as it is usually written, %#', (text) => {
    expect(new UsualSystems(`junk${text}`).read(4)).toEqual(parsed(text));
    expect(parsed(text)?.kind.computer).toBe('h.example');
  });

  it('is read so only where the parser reads the same', () => {
    const piece = fc.constantFrom(
      ...[
        '<',
        '>',
        '/',
        '&amp;',
        '&#65;',
        "'",
        '"',
        ' ',
        '=',
        'é',
        '\0',
        '<!---->',
        '<![CDATA[x]]>',
        '<Channel>x</Channel>',
      ],
      ...[
        "Name='y'",
        '<Computer/>',
        '</System>',
        '<System>',
        '<Version>1</Version>',
        "<Security UserID='1'/>",
        '7',
      ],
    );
    const change = fc.record({ place: fc.nat(), removed: fc.constantFrom(0, 1, 5, 30), piece });
    let read = 0;
    fc.assert(
      fc.property(fc.constantFrom(...LAYOUTS), fc.array(change, { maxLength: 2 }), (text, changes) => {
        let mutant = text;
        for (const { place, removed, piece: added } of changes) {
          const at = place % mutant.length;
          mutant = mutant.slice(0, at) + added + mutant.slice(at + removed);
        }
        const known = new UsualSystems(mutant).read(0);
        if (known === null) return;
        read += 1;
        expect(known).toEqual(parsed(mutant));
      }),
      { numRuns: 5000 },
    );
    expect(read).toBeGreaterThan(1000);
  });
});

describe('a block with a literal in some events', () => {
  it('reads these alone, and counts as when all are read', async () => {
    const event = fc.record({
      text: fc.constantFrom('x', 'needle', 'NEE', 'a&#110;', '<!'),
      junk: fc.constantFrom('\n', '', ' junk '),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 20 }), fc.boolean(), async (events, isWide) => {
        const lines = events.map(({ text, junk }) => {
          return renderEventXml({ system: SYSTEM, data: [['a', text]], userDataXml: null }) + junk;
        });
        const bytes = Buffer.from(`\n${lines.join('')}`, isWide ? 'utf16le' : 'utf8');
        const said = async (needles: readonly string[] | undefined) => {
          const limits = { ...XML_LIMITS, readBytes: 500, blockBytes: 2000 };
          const all = [];
          for await (const block of readXml(fromBuffer(bytes), needles ? { needles } : {}, limits))
            all.push(block);
          return {
            counts: all.map(({ recordCount, problems }) => ({ recordCount, problems })),
            rows: all.map((block) => block.census()),
            texts: all.flatMap(({ records }) => records.map(({ data }) => data[0]?.[1])),
          };
        };
        const whole = await said(undefined);
        const skipping = await said(['needle']);
        expect(skipping.counts).toEqual(whole.counts);
        expect(skipping.rows).toEqual(whole.rows);
        const holding = whole.texts.filter((text) => text?.includes('needle'));
        expect(skipping.texts.filter((text) => text?.includes('needle'))).toEqual(holding);
        expect(skipping.texts).not.toContain('x');
      }),
      { numRuns: 200 },
    );
  });
});

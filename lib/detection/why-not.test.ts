import { describe, expect, it } from 'vitest';
import { makeRecord, POWERSHELL } from '#lib/events/testing.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { EVIDENCE, filesIn, POWERSHELL_HITS, REGISTRY_HITS, rulesOf, scanFiles } from './testing.ts';
import { missText } from './why-not.ts';

const { script, registry } = rulesOf();
const RULES = [script, registry];
const files = (name: string) => filesIn(EVIDENCE).filter((file) => file.name === name);
const told = async (name: string) => {
  const { misses } = await scanFiles(files(name), RULES, { explain: true });
  return misses.map(({ rule, misses: some }) => [rule.type, some.map(missText)]);
};

describe('why nothing was found', () => {
  it('is told by the first term that relevant events fail, with an example', async () => {
    expect(await told('ID12-13 SIP provider registration.evtx')).toEqual([
      ['TTP', []],
      [
        'Anomaly',
        [
          expect.stringMatching(
            /^\d+ relevant events do not satisfy Registry\.registry_path="\*\\\\CurrentVersion\\\\Schedule\\\\Configuration\*", for example record \d+ of ID12-13 SIP provider registration\.evtx, where Registry\.registry_path is HK/,
          ),
        ],
      ],
    ]);
  });

  it('is told only of detections that found nothing', async () => {
    expect((await told(REGISTRY_HITS)).map(([type]) => type)).toEqual(['TTP']);
    expect((await told(POWERSHELL_HITS)).map(([type]) => type)).toEqual(['Anomaly']);
  });

  it('names the nearest events first, and events whose row the search drops before them', async () => {
    const block = (ScriptBlockText: string, recordId: string) =>
      renderEventXml(
        makeRecord({ eventId: 4104, channel: POWERSHELL, computer: 'h', recordId }, [
          ['ScriptBlockText', ScriptBlockText],
        ]),
      );
    const bytes = Buffer.from(
      [block('a', '1'), block('b', '2'), block('win32_scheduledjob', '3')].join('\n'),
    );
    const { misses } = await scanFiles([{ name: 'x.xml', bytes }], [script], { explain: true });
    expect(misses[0]?.misses.map(missText)).toEqual([
      '1 relevant event satisfies all terms, but the search drops the row, for example record 3 of x.xml; look with --lenient',
      '2 relevant events do not satisfy ScriptBlockText="*win32_scheduledjob*", for example record 1 of x.xml, where ScriptBlockText is a',
    ]);
  });

  it('is not gathered when nobody asked', async () => {
    const { misses } = await scanFiles(files(REGISTRY_HITS), RULES);
    expect(misses.flatMap((one) => one.misses)).toEqual([]);
  });
});

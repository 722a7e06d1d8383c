import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchEnvironment } from '#lib/content/environment.ts';
import { loadContent } from '#lib/content/load.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { NO_SYSTEM_VALUES } from '#lib/evidence/system-values.ts';
import { compileSearch } from '#lib/spl/compile.ts';
import { relevantSearches } from './relevant.ts';

const environment = searchEnvironment(loadContent());
const relevantOf = (search: string): string =>
  relevantSearches(compileSearch(search, environment).expandedText).join('; ');

describe('relevantSearches', () => {
  it.each([
    [
      'source="XmlWinEventLog:Security" EventCode=4688 Process="*at.exe*" | stats count by dest',
      'search (source="XmlWinEventLog:Security" EventCode=4688)',
    ],
    ['EventCode IN (1, 13) (Image=a OR source=b)', 'search (EventCode IN (1, 13))'],
    [
      '(EventCode=1 OR EventCode=2) NOT EventCode=3 NOT User=x',
      'search ((EventCode=1 OR EventCode=2) NOT EventCode=3)',
    ],
    ['EventCode=1 OR evil', 'search *'],
    ['ScriptBlockText=*x*', 'search *'],
    [
      '| tstats count from datamodel=Endpoint.Registry where Registry.user=x by Registry.dest',
      '| tstats count from datamodel=Endpoint.Registry',
    ],
    [
      '| tstats count from datamodel=Endpoint.Processes by Processes.dest | join Processes.dest [search EventCode=13 | stats count by dest]',
      '| tstats count from datamodel=Endpoint.Processes; search EventCode=13',
    ],
  ])('keeps of %s what the kind of an event decides', (search, expected) => {
    expect(relevantOf(search)).toBe(expected);
  });

  it('is never narrower than the search', () => {
    const record = fc.record({
      channel: fc.constantFrom('Security', 'Microsoft-Windows-Sysmon/Operational', 'System', null),
      eventId: fc.constantFrom(1, 13, 4104, 4688, null),
      value: fc.constantFrom('at', 'x', 'EnableAt'),
    });
    const leaf = fc.constantFrom(
      'EventCode=1',
      'EventCode!=13',
      'EventCode IN (4104, 4688)',
      'source="XmlWinEventLog:Security"',
      'Channel=System',
      'Value=at',
      'Value!=x',
      'EnableAt',
    );
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a} ${b})`),
        fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a} OR ${b})`),
        tie('expression').map((a) => `NOT (${a})`),
      ),
    }));
    fc.assert(
      fc.property(expression, record, (search, { channel, eventId, value }) => {
        const compiled = compileSearch(search, environment);
        const relevant = relevantSearches(compiled.expandedText).map((text) =>
          compileSearch(text, environment),
        );
        const full: EvidenceRecord = {
          form: 'evtx',
          place: { offset: 0 },
          timeTicks: 0n,
          data: [['Value', value]],
          userDataXml: null,
          system: { ...NO_SYSTEM_VALUES, channel, eventId },
        };
        const kind = { ...full, data: [], timeTicks: null };
        if (compiled.select(eventFromRecord(full))) {
          expect(relevant.some((one) => one.select(eventFromRecord(kind)))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rulesOf } from '#lib/detection/testing.ts';
import { makeRecord, POWERSHELL, sysmonRecord } from '#lib/events/testing.ts';
import {
  eventRow,
  securityEventRow,
  windowsEventRow,
} from '#lib/evidence/json/testing/write-log-analytics.ts';
import { runKusto } from '../testing/kusto-query.ts';
import { complaintsOf } from '../testing/kusto-syntax.ts';
import { deviceRegistryRow, KUSTO_COLUMNS, kustoTable } from '../testing/kusto-tables.ts';
import type { PullRequest } from '../types.ts';
import { both, either, fitsText, fitsWords } from './condition.ts';
import { defender, sentinel } from './index.ts';

const { script, registry } = rulesOf('2023');
const ids = { tenantId: 'contoso.example', clientId: '22222222-2222-4222-8222-222222222222' };
const workspace = sentinel.settings.parse({ ...ids, workspaceId: '33333333-3333-4333-8333-333333333333' });
const tenant = defender.settings.parse(ids);
const request: PullRequest = {
  rules: [registry, script],
  cursor: null,
  slice: null,
  lookBackMs: 0,
  nowMs: Date.parse('2026-03-05T09:14:02.125Z'),
};
const QUERIES = [
  ...sentinel.queries(workspace, request).map((query) => ['sentinel', query] as const),
  ...defender.queries(tenant, request).map((query) => ['defender', query] as const),
];
const tableOf = (text: string): string => text.split('\n', 1)[0] ?? '';

describe('detections in KQL', () => {
  it('ask every table that may hold what they look for', () => {
    expect(QUERIES.map(([kind, { text }]) => `${kind} ${tableOf(text)}`)).toEqual([
      'sentinel SecurityEvent',
      'sentinel Event',
      'sentinel WindowsEvent',
      'sentinel DeviceRegistryEvents',
      'sentinel DeviceEvents',
      'defender DeviceRegistryEvents',
      'defender DeviceEvents',
    ]);
  });

  it.each(QUERIES.map(([kind, query]) => [`${kind}-${tableOf(query.text)}`, query] as const))(
    'are as they were: %s',
    async (name, { text, widened }) => {
      await expect(`${text}\n`).toMatchFileSnapshot(`goldens/${name}.kql`);
      expect(complaintsOf(text, KUSTO_COLUMNS)).toEqual([]);
      // Terms would miss what stands inside a word.
      expect(text).not.toMatch(/\bhas\w*\b/);
      expect(widened.length).toBeGreaterThan(0);
    },
  );

  it('are refused by the parser where a name or a type is wrong', () => {
    expect(complaintsOf('Event\n| where Nope == 1', KUSTO_COLUMNS)).toHaveLength(1);
    expect(complaintsOf('Event\n| where EventID contains', KUSTO_COLUMNS)).not.toEqual([]);
  });

  it('are covered or not, with the reason', () => {
    expect(sentinel.coverage(workspace, [registry, script])).toEqual([
      { detectionId: registry.id, isCovered: true, reason: null },
      { detectionId: script.id, isCovered: true, reason: null },
    ]);
    expect(defender.coverage(tenant, [registry, script])).toEqual([
      { detectionId: registry.id, isCovered: true, reason: null },
      {
        detectionId: script.id,
        isCovered: false,
        reason: expect.stringContaining('names of cmdlets (DeviceEvents, PowerShellCommand), not the text'),
      },
    ]);
  });

  it('of processes ask the processes that Defender saw', () => {
    const processes = {
      ...registry,
      search: {
        ...registry.search,
        expandedText:
          '| tstats count from datamodel=Endpoint.Processes where Processes.process_name=at.exe Processes.process="*\\\\\\\\* 1?:*" NOT Processes.user=SYSTEM by Processes.dest',
      },
    };
    const [query] = defender.queries(tenant, { ...request, rules: [processes] });
    expect(query?.text).toContain(
      '| where (FileName =~ "at.exe" and (ProcessCommandLine contains "\\\\\\\\" and ProcessCommandLine contains " 1?:"))',
    );
    expect(query?.widened).toContain('NOT Processes.user=SYSTEM');
    expect(complaintsOf(query?.text ?? '', KUSTO_COLUMNS)).toEqual([]);
  });
});

describe('whatever stands around what a detection looks for', () => {
  const INGESTED = '2026-03-05T09:00:00.0000000Z';
  const isFound = (table: string, row: object): boolean => {
    const query = sentinel.queries(workspace, request).find(({ text }) => tableOf(text) === table);
    const data = new Map([[table, kustoTable(table, [row], INGESTED)]]);
    return runKusto(query?.text ?? '', data).rows.length === 1;
  };
  const around = fc.string({ unit: 'binary', maxLength: 8 });
  const spelled = (text: string) =>
    fc
      .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
      .map((flags) =>
        [...text].map((one, at) => (flags[at] ? one.toUpperCase() : one.toLowerCase())).join(''),
      );
  const seed = 20_260_305;

  it('a script block is found in every table of Windows events', () => {
    fc.assert(
      fc.property(around, spelled('win32_scheduledjob'), around, (before, name, after) => {
        const record = makeRecord(
          { channel: POWERSHELL.toUpperCase(), eventId: 4104, systemTime: INGESTED, computer: 'h' },
          [
            ['MessageNumber', '1'],
            ['MessageTotal', '1'],
            ['ScriptBlockText', before + name + after],
          ],
        );
        expect([
          isFound('WindowsEvent', windowsEventRow(record)),
          isFound('SecurityEvent', securityEventRow(record, true)),
          isFound('Event', eventRow(record)),
          isFound('Event', eventRow(record, { holds: 'parameters' })),
        ]).toEqual([true, true, true, true]);
      }),
      { seed, numRuns: 100 },
    );
  });

  it('a registry value is found in every table that may hold it', () => {
    fc.assert(
      fc.property(
        around,
        spelled('\\CurrentVersion\\Schedule\\Configuration'),
        spelled('EnableAt'),
        (before, path, value) => {
          const key = `HKLM\\${before}${path}`;
          const system = { systemTime: INGESTED, computer: 'h' };
          const sysmon = sysmonRecord(
            13,
            { TargetObject: `${key}\\${value}`, Details: 'DWORD (0x00000001)' },
            system,
          );
          const audit = makeRecord({ ...system, channel: 'Security', eventId: 4657 }, [
            ['ObjectName', key],
            ['ObjectValueName', value],
          ]);
          expect([
            isFound('WindowsEvent', windowsEventRow(sysmon)),
            isFound('WindowsEvent', windowsEventRow(audit)),
            isFound('Event', eventRow(sysmon)),
            isFound('SecurityEvent', securityEventRow(audit)),
            isFound('SecurityEvent', securityEventRow(audit, true)),
            isFound('DeviceRegistryEvents', deviceRegistryRow(sysmon, 0)),
          ]).toEqual([true, true, true, true, true, true]);
        },
      ),
      { seed, numRuns: 100 },
    );
  });

  it('and what it does not look for stays where it is', () => {
    const record = makeRecord({ channel: POWERSHELL, eventId: 4104, systemTime: INGESTED }, [
      ['ScriptBlockText', 'Get-ScheduledJob'],
    ]);
    expect([isFound('WindowsEvent', windowsEventRow(record)), isFound('Event', eventRow(record))]).toEqual([
      false,
      false,
    ]);
  });
});

describe('a condition', () => {
  it('is exact, or asks for every piece, or for words alone', () => {
    expect(fitsText('a', ['x"\\'])).toBe('a =~ "x\\"\\\\"');
    expect(fitsText('a', ['x'], false)).toBe('a contains "x"');
    expect(fitsText('a', ['', '\\x', 'y'])).toBe('(a contains "\\\\x" and a contains "y")');
    expect(fitsText('a', ['', ''])).toBeNull();
    expect(fitsWords(['a', 'b'], ['', 'x<y'])).toBe(
      '((a contains "x" or b contains "x") and (a contains "y" or b contains "y"))',
    );
  });

  it('that holds for every row takes no part in `and`, and all of `or`', () => {
    expect([
      both(['a', null]),
      both([null]),
      either(['a', null]),
      either(['a', 'a']),
      either(['a', 'b']),
    ]).toEqual(['a', null, null, 'a', '(a or b)']);
  });
});

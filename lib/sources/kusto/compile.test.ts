import { describe, expect, it } from 'vitest';
import { rulesOf } from '#lib/detection/testing.ts';
import { complaintsOf } from '../testing/kusto-syntax.ts';
import { KUSTO_COLUMNS } from '../testing/kusto-tables.ts';
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

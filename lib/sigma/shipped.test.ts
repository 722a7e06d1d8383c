import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchEnvironment } from '#lib/content/environment.ts';
import { loadContent } from '#lib/content/load.ts';
import type { SearchableEvent } from '#lib/events/event.ts';
import { makeRecord, sysmonRecord } from '#lib/events/testing.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import { compileSearch } from '#lib/spl/compile.ts';
import { detectionToSigma, type SigmaExport } from './from-detection.ts';
import { parseSigma } from './parse.ts';
import { loadShippedSigma, type ShippedSigma } from './shipped.ts';
import { sigmaToSpl } from './to-spl.ts';

const content = loadContent();

function shipped(fileName: string): ShippedSigma {
  const found = loadShippedSigma().find((one) => one.fileName === `${fileName}.yml`);
  if (found === undefined) throw new Error(`${fileName} is not shipped`);
  return found;
}

function sigmaSelects({ rule }: ShippedSigma, event: SearchableEvent): boolean {
  return compileSearch(sigmaToSpl(rule), searchEnvironment(content)).select(event);
}

function publishedSelects(one: ShippedSigma, variantName: string, event: SearchableEvent): boolean {
  const variant = content.detections.find(({ id }) => id === one.detectionId)?.variants[variantName];
  if (variant === undefined) throw new Error(`${one.fileName} has no variant ${variantName}`);
  return compileSearch(variant.search, searchEnvironment(content, variant.macros)).select(event);
}

/** Every combination of one value of each list. */
function combinations<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>(
    (rows, list) => rows.flatMap((row) => list.map((value) => [...row, value])),
    [[]],
  );
}

describe('the rule on script blocks', () => {
  const rule = shipped('windows_powershell_wmi_win32_scheduledjob');
  const scripts = [
    'Get-WmiObject -Class Win32_ScheduledJob',
    'WIN32_SCHEDULEDJOB',
    'win32_scheduled job',
    'Win32_Process',
    '',
    null,
  ];
  const WINDOWS = 'Microsoft-Windows-PowerShell/Operational';
  const CORE = 'PowerShellCore/Operational';
  const channels = [WINDOWS, CORE, 'Security', 'Windows PowerShell'];
  const cases = combinations<string | number | null>([channels, [4103, 4104, 4105], scripts]).map(
    ([channel, eventId, script]) => ({
      channel,
      event: eventFromRecord(
        makeRecord({ channel: String(channel), eventId: Number(eventId), computer: 'a' }, [
          ...(script === null ? [] : [['ScriptBlockText', String(script)] as const]),
          ['ScriptBlockId', 'x'],
        ]),
      ),
    }),
  );

  it('selects what the search of 2026 selects; that of 2023 read no PowerShellCore', () => {
    const selected = cases.map(({ event }) => sigmaSelects(rule, event));
    expect(selected).toEqual(cases.map(({ event }) => publishedSelects(rule, '2026', event)));
    expect(selected.filter(Boolean)).toHaveLength(4);
    const of2023 = cases.map(({ event }) => publishedSelects(rule, '2023', event));
    expect(cases.map(({ channel }, index) => selected[index] && channel !== CORE)).toEqual(of2023);
  });
});

describe('the rule on the registry', () => {
  const rule = shipped('windows_enable_win32_scheduledjob_via_registry');
  const keys = [
    'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration',
    '\\REGISTRY\\MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\SCHEDULE\\Configuration',
    'HKLM\\SOFTWARE\\CurrentVersion\\Schedule\\Configuration\\Deeper',
    'HKLM\\SOFTWARE\\CurrentVersion\\Schedule',
    'HKLM\\SOFTWARE',
  ];
  const names = [
    'EnableAt',
    'ENABLEAT',
    'EnableAt2',
    'NotEnableAt',
    'x\\EnableAt',
    'Configuration\\EnableAt',
  ];
  const sysmon = combinations<string | number>([
    [1, 12, 13, 14],
    keys,
    names,
    ['SetValue', 'CreateKey', 'DeleteValue', 'RenameValue', 'RenameKey'],
  ]).map(([eventId, key, name, EventType]) =>
    eventFromRecord(
      sysmonRecord(Number(eventId), {
        EventType: String(EventType),
        TargetObject: `${key}\\${name}`,
        Details: 'DWORD (0x00000001)',
        NewName: 'y',
      }),
    ),
  );
  const audited = combinations<string | number>([
    [4657, 4663],
    keys,
    names,
    ['%%1904', '%%1905', '%%1906'],
  ]).map(([eventId, key, name, OperationType]) =>
    eventFromRecord(
      makeRecord({ channel: 'Security', eventId: Number(eventId), computer: 'a' }, [
        ['ObjectName', String(key)],
        ['ObjectValueName', String(name)],
        ['OperationType', String(OperationType)],
      ]),
    ),
  );

  it.each(['2023', '2026'])('selects what the search of %s selects', (variant) => {
    for (const [events, count] of [
      [sysmon, 78],
      [audited, 18],
    ] as const) {
      const selected = events.map((event) => sigmaSelects(rule, event));
      expect(selected).toEqual(events.map((event) => publishedSelects(rule, variant, event)));
      expect(selected.filter(Boolean)).toHaveLength(count);
    }
  });
});

it('every strict detection exists as a rule of its name and techniques, with an id of its own', () => {
  const rules = loadShippedSigma();
  expect(new Set(rules.map(({ rule }) => rule.id)).size).toBe(rules.length);
  for (const detection of content.detections.filter(({ evaluation }) => evaluation === 'strict')) {
    const own = rules.filter(({ detectionId }) => detectionId === detection.id);
    expect(own.map(({ fileName }) => fileName)).toEqual([`${detection.file_name}.yml`]);
    for (const { rule } of own) {
      expect([rule.title, rule.techniques]).toEqual([detection.name, detection.techniques]);
      expect(rule.id).not.toBe(detection.id);
    }
  }
});

describe('a detection as Sigma', () => {
  const EXPORT: SigmaExport = {
    id: '0d2a9a5c-8f0a-4a2b-9b8b-6a8f0f6f5c11',
    name: 'At job',
    description: 'Detects at.exe: a job is made',
    techniques: ['T1053.002'],
    level: 'medium',
    author: 'Somebody',
    references: ['https://example.org/at'],
    falsepositives: [],
    logsource: { product: 'windows', category: 'process_creation' },
    detection: {
      selection: { 'Image|endswith': '\\at.exe', EventID: [1, 4688] },
      filter: [{ CommandLine: null }, { 'User|contains': ['*admin', "o'x"] }],
      condition: 'selection and not filter',
    },
    derivedFrom: '3b2c1d0e-1111-4222-8333-944455556666',
    status: 'test',
    date: '2024-03-05',
  };

  it('is written in the order and with the quotes of the Sigma project', () => {
    expect(detectionToSigma(EXPORT)).toBe(`title: At job
id: 0d2a9a5c-8f0a-4a2b-9b8b-6a8f0f6f5c11
related:
    - id: 3b2c1d0e-1111-4222-8333-944455556666
      type: derived
status: test
description: 'Detects at.exe: a job is made'
references:
    - https://example.org/at
author: Somebody
date: 2024-03-05
tags:
    - attack.t1053.002
logsource:
    product: windows
    category: process_creation
detection:
    selection:
        Image|endswith: '\\at.exe'
        EventID:
            - 1
            - 4688
    filter:
        - CommandLine: null
        - User|contains:
              - '*admin'
              - 'o''x'
    condition: selection and not filter
falsepositives:
    - Unknown
level: medium
`);
  });

  it('reads back as the same rule, whatever its texts are', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'ab:#-*?\\\'"|>&%@`{}[],! \n\té'),
      minLength: 1,
      maxLength: 12,
    });
    const title = text.map((value) => value.trim()).filter((value) => value !== '');
    fc.assert(
      fc.property(
        title,
        title,
        title,
        fc.array(text, { minLength: 1, maxLength: 3 }),
        (name, description, author, values) => {
          const detection = { selection: { 'A|contains': values }, condition: 'selection' };
          const written = detectionToSigma({
            ...EXPORT,
            name,
            description,
            author,
            falsepositives: [name],
            detection,
          });
          const rule = parseSigma(written);
          expect([rule.title, rule.description, rule.author, rule.falsepositives]).toEqual([
            name,
            description,
            author,
            [name],
          ]);
          const plain = parseSigma(JSON.stringify({ title: 'x', logsource: EXPORT.logsource, detection }));
          expect(rule.match).toEqual(plain.match);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

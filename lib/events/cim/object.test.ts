import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSearch } from '#lib/spl/compile.ts';
import type { FieldValue, SearchableEvent } from '../event.ts';
import { makeRecord, sysmonRecord } from '../testing.ts';
import { isVerbatim } from '../verbatim.ts';
import { eventFromRecord } from '../windows.ts';
import { DATA_MODELS } from './index.ts';
import { programOf } from './processes.ts';
import { modelNamed, modelsOf } from './testing.ts';

/** An event of a log source that is no Windows log. */
function otherEvent(fields: Readonly<Record<string, FieldValue>>): SearchableEvent {
  return {
    timeTicks: null,
    get: (name) => fields[name] ?? null,
    fieldNames: () => Object.keys(fields),
  };
}

const search = (text: string) =>
  compileSearch(text, { macros: new Map(), dataModels: DATA_MODELS, lookups: new Map(), isVerbatim });

describe('data models', () => {
  it('are found by the names that published searches use', () => {
    expect([...DATA_MODELS.keys()].filter((name) => !name.includes('.')).sort()).toEqual([
      'Alerts',
      'Authentication',
      'Certificates',
      'Change',
      'Email',
      'Intrusion_Detection',
      'Malware',
      'Network_Resolution',
      'Network_Sessions',
      'Network_Traffic',
      'Risk',
      'UEBA',
      'Updates',
      'Vulnerabilities',
      'Web',
    ]);
    for (const name of ['Processes', 'Registry', 'Filesystem', 'Services', 'Ports']) {
      expect(modelNamed(`Endpoint.${name}`).prefix).toBe(name);
    }
    expect(modelNamed('Network_Resolution')).toBe(modelNamed('Network_Resolution.DNS'));
  });

  it('take events of any log source by their tags', () => {
    const { has } = modelNamed('Endpoint.Registry');
    expect(has(otherEvent({ tag: ['endpoint', 'registry'], action: 'modified' }))).toBe(true);
    expect(has(otherEvent({ tag: ['registry', 'windows', 'endpoint'] }))).toBe(true);
    expect(has(otherEvent({ tag: 'registry' }))).toBe(false);
    expect(has(otherEvent({ tag: [] }))).toBe(false);
    expect(has(otherEvent({ EventCode: '13', source: 'XmlWinEventLog:Security' }))).toBe(false);
  });

  it('are not entered by what an event calls its own tags', () => {
    const values = [
      ['tag', 'endpoint'],
      ['tag', 'registry'],
    ] as const;
    for (const channel of ['Application', 'Security', 'Microsoft-Windows-PowerShell/Operational']) {
      expect(modelsOf(makeRecord({ channel, eventId: 1 }, values))).toEqual([]);
    }
  });

  it('take no read for a change of the registry', () => {
    const { has } = modelNamed('Endpoint.Registry');
    expect(has(otherEvent({ tag: ['endpoint', 'registry'], action: 'read' }))).toBe(false);
  });

  it('are not confused by events that are asked about in turns', () => {
    const events = [
      eventFromRecord(sysmonRecord(1, {})),
      eventFromRecord(sysmonRecord(13, {})),
      eventFromRecord(makeRecord({ channel: 'Application', eventId: 1 })),
    ];
    const answers = () =>
      events.map((event) => [...new Set(DATA_MODELS.values())].filter((model) => model.has(event)).length);
    expect(answers()).toEqual([1, 1, 0]);
    expect(answers()).toEqual([1, 1, 0]);
  });

  it('of which we hold no events match none, and still know their fields', () => {
    for (const name of ['Web', 'Email', 'Risk', 'Alerts', 'Intrusion_Detection']) {
      const model = modelNamed(name);
      expect(model.has(otherEvent({ tag: ['web', 'email', 'alert', 'ids', 'attack', 'risk'] }))).toBe(false);
    }
    expect(modelNamed('Web').fields).toContain('http_user_agent');
    expect(modelNamed('Risk').fields).toContain('annotations.mitre_attack.mitre_technique_id');
  });

  it('name the datasets that an event is in', () => {
    const failure = makeRecord({ channel: 'Security', eventId: 4625, keywords: '0x8010000000000000' });
    expect(modelNamed('Authentication').get(eventFromRecord(failure), 'nodename')).toEqual([
      'Authentication',
      'Authentication.Failed_Authentication',
    ]);
    const created = makeRecord({ channel: 'Security', eventId: 4720 });
    expect(modelNamed('Change').get(eventFromRecord(created), 'nodename')).toContain(
      'All_Changes.Account_Management',
    );
  });

  it('know Sysmon and Security only by their channels', () => {
    expect(modelsOf(makeRecord({ channel: 'Application', eventId: 4688 }))).toEqual([]);
    expect(modelsOf(makeRecord({ channel: null, eventId: 1 }))).toEqual([]);
    expect(modelsOf(makeRecord({ channel: 'SECURITY', eventId: 4688 }))).toEqual(['Endpoint.Processes']);
  });

  it('leave a field that nobody computes to be absent, whatever its name', () => {
    const event = eventFromRecord(sysmonRecord(1, {}));
    for (const field of ['constructor', '__proto__', 'toString', 'no_such_field']) {
      for (const model of DATA_MODELS.values()) expect(model.get(event, field)).toBeNull();
    }
  });
});

describe('literals that must stand in the evidence', () => {
  const needles = (where: string, model = 'Endpoint.Processes') =>
    search(`| tstats count from datamodel=${model} where ${where} by ${model.split('.')[1]}.dest`).needles;

  it('come from fields that stand there as they are', () => {
    expect(needles('Processes.process_name=schtasks.exe')).toEqual([['schtasks.exe']]);
    expect(needles('Filesystem.file_path="*\\\\Tasks\\\\At*"', 'Endpoint.Filesystem')).toEqual([
      ['\\tasks\\at'],
    ]);
  });

  it('never come from a value that the model made up for an absent one', () => {
    for (const value of ['unknown', 'unk*', '*', '*known*', 'UNKNOWN']) {
      expect(needles(`Processes.process_name="${value}"`)).toEqual([]);
      expect(needles(`Processes.original_file_name="${value}"`)).toEqual([]);
      expect(needles(`Processes.parent_process_name IN ("cmd.exe", "${value}")`)).toEqual([]);
      expect(needles(`Registry.registry_value_name="${value}"`, 'Endpoint.Registry')).toEqual([]);
      expect(needles(`Registry.registry_value_type="${value}"`, 'Endpoint.Registry')).toEqual([]);
    }
  });

  it('come word by word from a command line, which may be put together from the path and the arguments', () => {
    expect(needles('Processes.process="*cmd.exe /c whoami*"')).toEqual([['cmd.exe']]);
    expect(needles('Processes.process="*a b c d*"')).toEqual([]);
  });

  it('do not come from ids and numbers', () => {
    expect(needles('Processes.process_id=0xf841 Processes.process_guid="{96128EA2*"')).toEqual([]);
  });
});

describe('the program of a command line', () => {
  /** Endpoint.json of Splunk_SA_CIM, Endpoint_Processes_fillnull_process_name. */
  const QUOTED = /^\s*"..*\\([^"]+)".*/;
  const WORD = /^(?:..*\\)?([^\s"]+)(?=\s|$).*/;

  it.each([
    ['"C:\\Program Files\\a b\\tool.exe" --ps2', 'tool.exe'],
    ['C:\\Windows\\system32\\cmd.exe /c dir', 'cmd.exe'],
    ['cmd /c dir', 'cmd'],
    ['"a.exe"', null],
    ['', null],
  ])('of %j is %j', (command, program) => {
    expect(programOf(command)).toBe(program);
  });

  it('is what the regular expressions of the model find', () => {
    const piece = fc.constantFrom('"', '\\', ' ', 'a', 'b.exe', '\t', '/c');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const command = pieces.join('');
        const expected = QUOTED.exec(command)?.[1] ?? WORD.exec(command)?.[1] ?? null;
        expect(programOf(command)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['\\', '"', '"\\', '\\"', '\\ '])('is found at once in a million of %j', (unit) => {
    expect(programOf(unit.repeat(500_000))).toBe(programOf(unit.repeat(50)));
  });
});

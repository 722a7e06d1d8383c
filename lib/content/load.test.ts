import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileKnowledge } from '#lib/detection/rules.ts';
import { makeRecord, POWERSHELL } from '#lib/events/testing.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import { techniquesOf } from './attack.ts';
import { CONTENT_FOLDER, loadContent } from './load.ts';
import { type Edit, lineOf, POWERSHELL_FILE, REGISTRY_FILE, withContent } from './testing.ts';
import { ContentError } from './yaml-file.ts';

const messageOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof ContentError) return error.message;
    throw error;
  }
  throw new Error('no mistake was found');
};
const mistakes = (...edits: readonly Edit[]): string =>
  messageOf(() => withContent(edits, (folder) => loadContent(folder)));

describe('the content', () => {
  it('takes in every YAML file of its folder', () => {
    const files = readdirSync(CONTENT_FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.yaml'),
    );
    const { detections, stories, chains, incidents } = loadContent();
    // One file each, the macros and the techniques.
    expect(detections.length + stories.length + chains.length + incidents.length + 2).toBe(files.length);
    expect(detections.length).toBe(9);
  });

  it('gives no detection of our own a risk, before a manager does', () => {
    const ours = loadContent().detections.filter(({ evaluation }) => evaluation === 'extended');
    expect(ours).toHaveLength(7);
    for (const { risk, type } of ours) {
      expect([risk.impact, risk.confidence, type]).toEqual([0, 0, 'Hunting']);
    }
    expect(new Set(ours.flatMap(({ techniques }) => techniques))).toEqual(
      new Set(['T1053.002', 'T1053.005', 'T1047']),
    );
  });

  it('says of both detections what was published', () => {
    const published = loadContent().detections.filter(({ evaluation }) => evaluation === 'strict');
    const facts = published.map(({ name, type, risk, techniques, stories }) => ({
      name,
      type,
      score: (risk.impact * risk.confidence) / 100,
      objects: risk.objects.map(({ field }) => field),
      techniques,
      stories,
    }));
    expect(facts).toEqual([
      {
        name: 'Windows Enable Win32 ScheduledJob via Registry',
        type: 'Anomaly',
        score: 25,
        objects: ['user', 'dest'],
        techniques: ['T1053.005'],
        stories: ['Active Directory Lateral Movement'],
      },
      {
        name: 'Windows PowerShell WMI Win32 ScheduledJob',
        type: 'TTP',
        score: 40,
        objects: ['dest'],
        techniques: ['T1059.001'],
        stories: ['Active Directory Lateral Movement'],
      },
    ]);
  });

  it('knows the parents and all tactics of its techniques', () => {
    const techniques = new Map(techniquesOf(loadContent()).map((technique) => [technique.id, technique]));
    const tactics = (id: string) => techniques.get(id)?.tactics.map((tactic) => tactic.id);
    expect(techniques.get('T1059.001')?.parentId).toBe('T1059');
    expect(techniques.get('T1053.005')?.parentId).toBe('T1053');
    expect(tactics('T1059.001')).toEqual(['TA0002']);
    expect(tactics('T1053.005')).toEqual(['TA0002', 'TA0003', 'TA0004']);
    expect(techniques.get('T1053.005')?.url).toBe('https://attack.mitre.org/techniques/T1053/005/');
  });

  it('compiles in every variant', () => {
    const content = loadContent();
    for (const variant of ['2023', '2026']) {
      const published = compileKnowledge(content, variant).rules.filter(
        (rule) => rule.evaluation === 'strict',
      );
      expect(published.map((rule) => rule.variant)).toEqual([variant, variant]);
    }
  });

  it('gives each variant the macros of its time: 2023 knows no PowerShellCore', () => {
    const block = (channel: string) =>
      eventFromRecord(
        makeRecord({ eventId: 4104, channel, computer: 'h', userId: 'u' }, [
          ['ScriptBlockText', 'gwmi win32_scheduledjob'],
        ]),
      );
    const selects = (variant: string, channel: string): readonly boolean[] =>
      compileKnowledge(loadContent(), variant)
        .rules.filter((rule) => rule.type === 'TTP')
        .flatMap(({ search, relevant }) => [search.select(block(channel)), relevant.select(block(channel))]);
    expect(selects('2023', 'PowerShellCore/Operational')).toEqual([false, false]);
    expect(selects('2026', 'PowerShellCore/Operational')).toEqual([true, true]);
    expect(selects('2023', POWERSHELL)).toEqual([true, true]);
    expect(selects('2026', POWERSHELL)).toEqual([true, true]);
  });
});

describe('a mistake names its file, line and field', () => {
  const powershell = path.basename(POWERSHELL_FILE);
  const registry = path.basename(REGISTRY_FILE);
  const at = (file: string, text: string): string => `${path.basename(file)}:${lineOf(file, text)}: `;

  it.each([
    ['a word where a number belongs', 'impact: 80', 'impact: high', 'risk.impact: '],
    ['a number out of range', 'impact: 80', 'impact: 101', 'risk.impact: '],
    ['a value that is not of the list', 'type: TTP', 'type: Rule', 'type: '],
    ['an unknown field', 'title: ', 'titel: ', 'titel: '],
    ['an impossible technique', '[T1059.001]', '[1059]', 'techniques.0: '],
    ['a technique that is not described', '[T1059.001]', '[T1059.009]', 'techniques.0: '],
    ['a story that is not there', '[Active Directory', '[Passive Directory', 'stories.0: '],
    [
      'a variant that is not there',
      'default_variant: "2023"',
      'default_variant: "2024"',
      'default_variant: ',
    ],
    ['an id that is no UUID', 'id: 47c69803', 'id: x', 'id: '],
    ['a reference that is no address', 'https://learn', 'learn', 'references.0: '],
  ])('%s', (_, from, to, field) => {
    expect(mistakes({ file: POWERSHELL_FILE, from, to })).toContain(at(POWERSHELL_FILE, from) + field);
  });

  it('a field that is missing, at the file that should have it', () => {
    expect(mistakes({ file: POWERSHELL_FILE, from: 'version: 1\n', to: '' })).toMatch(
      new RegExp(`^${powershell}:\\d+: version: `),
    );
  });

  it('text that is no YAML', () => {
    expect(mistakes({ file: REGISTRY_FILE, from: 'cve: []', to: 'cve: [' })).toMatch(
      new RegExp(`^${registry}:\\d+: `),
    );
  });

  it('an id that two detections have', () => {
    const id =
      /^id: (.*)$/m.exec(readFileSync(path.join(CONTENT_FOLDER, POWERSHELL_FILE), 'utf8'))?.[1] ?? '';
    const other =
      /^id: (.*)$/m.exec(readFileSync(path.join(CONTENT_FOLDER, REGISTRY_FILE), 'utf8'))?.[1] ?? '';
    expect(mistakes({ file: POWERSHELL_FILE, from: id, to: other })).toContain(
      `${at(POWERSHELL_FILE, id)}id: another detection has this id`,
    );
  });

  it('a sentence that can never be said', () => {
    const from = '  - say: A PowerShell script named';
    const mistake = mistakes({
      file: POWERSHELL_FILE,
      from,
      to: `  - when: count > 1\n${from.replace('- ', '  ')}`,
    });
    expect(mistake).toContain(
      `${at(POWERSHELL_FILE, from)}sentences.3: the last one must stand without "when"`,
    );
  });

  it('all mistakes of all files at once', () => {
    const found = mistakes(
      { file: POWERSHELL_FILE, from: '[T1059.001]', to: '[T1059.009]' },
      { file: REGISTRY_FILE, from: '[Active Directory', to: '[Passive Directory' },
    );
    expect(found.split('\n')).toHaveLength(2);
  });

  it('a macro, a tactic, a parent or a step of a chain that is not there', () => {
    const attack = 'attack/techniques.yaml';
    expect(mistakes({ file: attack, from: 'parent: T1059', to: 'parent: T1060' })).toMatch(
      /^techniques\.yaml:\d+: techniques\.\d+\.parent: T1059\.001 has no parent T1060 here/,
    );
    expect(mistakes({ file: attack, from: '[TA0002]', to: '[TA9999]' })).toMatch(
      /techniques\.yaml:\d+: techniques\.\d+\.tactics\.0: there is no tactic TA9999/,
    );
    expect(mistakes({ file: 'chains/at_interface.yaml', from: '12c80db8', to: '12c80db9' })).toMatch(
      /^at_interface\.yaml:\d+: opens\.detections\.0: there is no such detection/,
    );
  });

  it.each([
    ['search', 'variants.2023.search', POWERSHELL_FILE, '| stats count', '| stat count'],
    ['macro', 'variants.2023.search', POWERSHELL_FILE, '_ctime(firstTime)', '_time(firstTime)'],
    [
      'relevant search',
      'relevant.search',
      POWERSHELL_FILE,
      '"`powershell` EventCode=4104"',
      '"`powershell` ("',
    ],
    ['condition of a sentence', 'sentences', POWERSHELL_FILE, 'match(lower(', 'matches(lower('],
  ])('a %s that does not compile, with its place in it', (_, field, file, from, to) => {
    const message = messageOf(() =>
      withContent([{ file, from, to }], (folder) => compileKnowledge(loadContent(folder))),
    );
    expect(message).toMatch(
      new RegExp(`^${powershell}: ${field}: .+ \\(characters \\d+ to \\d+ of the search\\)$`),
    );
  });
});

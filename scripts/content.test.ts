import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder = '';

const detection = (name: string, id: string, search: string): string =>
  `name: ${name}\nid: 6b0b1f0e-3a54-4c1d-9a52-1f9a51c1d0${id}\ntype: TTP\nsearch: >-\n  ${search}\n`;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'jobsight-check-'));
  const files = {
    'detections/a/good.yml': detection(
      'Good',
      '01',
      '`house` EventCode=1 | lookup tools tool as process OUTPUT is_bad | search is_bad=yes | `good_filter`',
    ),
    'detections/unknown_command.yml': detection('Odd', '02', 'EventCode=1 | teleport dest'),
    'detections/unknown_macro.yml': detection('Macro', '03', '`nowhere` EventCode=1'),
    'detections/broken.yml': 'name: [\n',
    'macros/house.yml': 'name: house\ndefinition: index=house OR index=barn\n',
    'lookups/tools.yml': 'name: tools\nfilename: tools.csv\n',
    'lookups/tools.csv': 'tool,is_bad\nspade,yes\n',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

function content(...args: string[]) {
  const script = ['--disable-warning=ExperimentalWarning', 'scripts/content.ts', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, script, { encoding: 'utf8' });
  return { status, lines: stdout.trimEnd().split('\n'), stderr };
}

describe('content check', () => {
  it('finds macros and lookups beside the folder, names each refusal, and ends with the share', () => {
    const { status, lines } = content('check', path.join(folder, 'detections'));
    expect(status).toBe(0);
    expect(lines.find((line) => line.includes('good.yml'))).toMatch(/^yes {2}yes {2}yes {2}yes {2}- /);
    expect(lines.find((line) => line.includes('unknown_macro.yml'))).toMatch(/^yes {2}no .*nowhere/);
    expect(lines.find((line) => line.includes('broken.yml'))).toMatch(/^no /);
    expect(lines.some((line) => /^ +1 {2}.*teleport/.test(line))).toBe(true);
    expect(lines).toContain('refused: 3');
    expect(lines.at(-1)).toBe('compile and run: 25.0 %');
  });

  it('gives one JSON object a detection', () => {
    const { lines } = content('check', '--format', 'jsonl', path.join(folder, 'detections'));
    const rows = lines.slice(0, -1).map((line): unknown => JSON.parse(line));
    expect(rows).toHaveLength(4);
    expect(rows).toContainEqual({
      file: path.join('a', 'good.yml'),
      id: '6b0b1f0e-3a54-4c1d-9a52-1f9a51c1d001',
      name: 'Good',
      isParsed: true,
      isCompiled: true,
      isRun: true,
      proof: { status: 'proved', eventCount: 1, brokenTerms: expect.any(Number) },
      testRows: null,
      refusal: null,
    });
    expect(lines.at(-1)).toBe('compile and run: 25.0 %');
  });

  it('runs a detection on the recordings of its tests, where they are', () => {
    const data = path.join(folder, 'recordings');
    mkdirSync(data);
    const event = (code: number): string =>
      `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='P'/><EventID>${code}</EventID><TimeCreated SystemTime='2024-01-02T03:04:05Z'/><Channel>System</Channel><Computer>pc1</Computer></System><EventData><Data Name='param1'>x</Data></EventData></Event>`;
    writeFileSync(path.join(data, 'system.log'), `${event(7040)}\n${event(1)}\n`);
    const own = path.join(folder, 'with-tests');
    mkdirSync(own);
    const tests = (name: string): string =>
      `tests:\n- name: t\n  attack_data:\n  - data: https://example.org/datasets/${name}\n`;
    const search = 'EventCode=7040 | stats count by Computer';
    writeFileSync(path.join(own, 'here.yml'), detection('Here', '05', search) + tests('system.log'));
    writeFileSync(path.join(own, 'away.yml'), detection('Away', '06', search) + tests('other.log'));
    const { lines } = content('check', '--data', data, own);
    expect(lines.find((line) => line.includes('here.yml'))).toMatch(/^yes {2}yes {2}yes {2}yes {2}yes /);
    expect(lines.find((line) => line.includes('away.yml'))).toMatch(/^yes {2}yes {2}yes {2}yes {2}- /);
    expect(lines).toContain('gave rows on test data: 1 of 1');
  });

  it('exits with 2 for wrong arguments and folders that cannot be read', () => {
    for (const args of [
      [],
      ['check'],
      ['chekc', folder],
      ['check', '--format', 'xml', folder],
      ['check', path.join(folder, 'none')],
    ]) {
      const { status, stderr } = content(...args);
      expect(status, args.join(' ')).toBe(2);
      expect(stderr).not.toBe('');
    }
  });
});

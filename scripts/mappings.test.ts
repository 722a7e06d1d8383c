import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAPPING = {
  columns: ['Text', 'When', 'Machine'],
  mapping: {
    time: { column: 'When', format: '%d.%m.%Y %H:%M:%S.%f', zone: 'Europe/Berlin' },
    raw: null,
    fields: { host: 'Machine', scriptText: 'Text' },
  },
};
const TABLE = 'When,Machine,Text\n05.03.2024 10:14:02.1254367,pc-1,"[wmiclass]""Win32_ScheduledJob"""\n';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'jobsight-mapping-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const keep = (name: string, text: string): string => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
};
function run(script: 'scan' | 'search', args: readonly string[], input = '') {
  return spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', `scripts/${script}.ts`, ...args],
    {
      encoding: 'utf8',
      input,
    },
  );
}

describe('--mapping', () => {
  it('has columns of its header read as it says, and only those', () => {
    const mapping = keep('mapping.json', JSON.stringify(MAPPING));
    const known = keep('known.csv', TABLE);
    const other = keep('other.csv', TABLE.replace('Machine', 'Device'));
    const { status, stdout, stderr } = run('scan', [
      '--format',
      'jsonl',
      '--lenient',
      '--mapping',
      mapping,
      known,
      other,
    ]);
    expect(status).toBe(0);
    const [finding, ...more] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      dest: 'pc-1',
      events: [{ file: known, time: '2024-03-05T09:14:02.1254367Z' }],
    });
    expect(stderr).toContain(`known.csv: its columns are read by ${mapping}`);
    expect(stderr).not.toContain(`other.csv: its columns`);
    const rows = run(
      'search',
      ['--format', 'jsonl', '--mapping', mapping, 'search EventCode=4104 | table dest', '-'],
      TABLE,
    );
    expect(rows.stdout).toBe('{"dest":"pc-1"}\n');
  });

  it('that is none ends the scan before it begins', () => {
    const { status, stderr } = run('scan', [
      '--mapping',
      keep('no.json', '{"columns":["a"]}'),
      keep('a.csv', TABLE),
    ]);
    expect(status).toBe(2);
    expect(stderr).toContain('no.json is no mapping');
  });
});

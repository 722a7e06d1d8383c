import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder = '';
let lines = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'jobsight-search-'));
  lines = path.join(folder, 'events.jsonl');
  const events = [
    { _time: '1709630042.5', user: 'ana', n: 3, tags: ['a', 'b'] },
    { _time: '1709630043', user: '=cmd|x', n: 4 },
    { _time: '1709630044', n: 5 },
  ];
  writeFileSync(lines, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
});
afterAll(() => rmSync(folder, { recursive: true }));

function search(args: readonly string[], input = '') {
  const script = ['--disable-warning=ExperimentalWarning', 'scripts/search.ts', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, script, { encoding: 'utf8', input });
  return { status, stdout, stderr };
}

describe('search', () => {
  it('prints a JSON object a row: computed numbers as numbers, multivalues as arrays, nulls left out', () => {
    const { status, stdout, stderr } = search(['user=* | eval m=n+1 | table user n m tags', lines]);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { user: '=cmd|x', n: '4', m: 5 },
      { user: 'ana', n: '3', m: 4, tags: ['a', 'b'] },
    ]);
    expect(stderr).toMatch(/^searched 1 files, \d+ bytes, 3 events, 0 bad records, 2 rows in [\d.]+ s\n$/);
    expect(status).toBe(0);
  });

  it('reads EVTX, and standard input', () => {
    const evtx = 'e2e/evidence/powershell-win32-scheduledjob.evtx';
    const { stdout } = search(['`powershell` EventCode=4104 | stats count by Computer', evtx]);
    expect(JSON.parse(stdout)).toEqual({ Computer: 'win10-02.offsec.lan', count: expect.any(Number) });
    expect(search(['* | stats count', '-'], '{"a":1}\n{"a":2}\n').stdout).toBe('{"count":2}\n');
  });

  it('writes CSV in which no value is a formula', () => {
    const { stdout } = search(['--format', 'csv', 'n<5 | table user n', lines]);
    expect(stdout).toBe(`user,n\n"'=cmd|x",4\nana,3\n`);
  });

  it('shows a table with one line a row', () => {
    const { stdout } = search(['--format', 'table', 'user=ana | table user tags', lines]);
    expect(stdout).toBe('user  tags\nana   a · b\n');
    expect(search(['--format', 'table', 'user=nobody', lines]).stdout).toBe('No rows.\n');
  });

  it('adds lenient rows, which say the field that was filled', () => {
    const grouped = '* | stats count by user';
    expect(search(['--strict', grouped, lines]).stdout).not.toContain('_filled');
    const rows = search(['--lenient', grouped, lines])
      .stdout.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toContainEqual({ user: 'null', count: 1, _filled: ['user'] });
  });

  it('puts a caret under the mistake, and ends with 2', () => {
    const { status, stdout, stderr } = search(['user=* | teleport now | head', lines]);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.split('\n').slice(0, 2)).toEqual(['user=* | teleport now | head', '         ^^^^^^^^']);
    expect(stderr).toContain('The command "teleport" is not supported');
  });

  it.each([
    [['--format', 'xml', '*', 'x'], '--format is table, jsonl or csv'],
    [['--strict', '--lenient', '*', 'x'], 'exclude each other'],
    [[], 'no search was given'],
    [['*'], 'no PATH was given'],
    [['*', '/nowhere/at/all'], 'there is no such file or folder'],
    [['--time-zone', 'Mars/Base', '*', '.gitignore'], 'no time zone'],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = search(args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

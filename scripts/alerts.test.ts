import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALERT_FILES } from '#lib/evidence/alerts/testing/samples.ts';

const EVTX = 'e2e/evidence/sysmon-enableat.evtx';
let folder = '';
let csv = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'jobsight-alerts-'));
  csv = path.join(folder, 'alerts.csv');
  writeFileSync(csv, ALERT_FILES['hayabusa csv-timeline']);
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(script: 'scan' | 'search', args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', `scripts/${script}.ts`, ...args],
    { encoding: 'utf8', input },
  );
  return { status, stdout, stderr };
}

const SAID =
  '3 alerts of Hayabusa, not events: nothing is found in them; give the logs themselves to have findings';

describe('a file of alerts', () => {
  it('is said to be one, gives no findings, and is neither blind nor an error', () => {
    const { status, stdout, stderr } = run('scan', ['--format', 'jsonl', '--lenient', '--extended', csv]);
    expect([status, stdout]).toEqual([0, '']);
    expect(stderr).toContain(`${csv}: ${SAID}\n`);
    expect(stderr).not.toContain('blind');
    expect(stderr).toMatch(
      /\nscanned 1 files, \d+ bytes, 0 events, 0 bad records, 0 findings in [\d.]+ s\n$/,
    );
  });

  it('beside logs changes nothing of what is found in them, and adds up', () => {
    const alone = run('scan', ['--format', 'jsonl', '--verify', EVTX]);
    const both = run('scan', ['--format', 'jsonl', '--verify', EVTX, csv]);
    expect([both.status, both.stdout]).toEqual([0, alone.stdout]);
    const blind = (stderr: string) => stderr.split('\n').filter((line) => line.startsWith('blind'));
    expect(blind(both.stderr)).toEqual(blind(alone.stderr));
    expect(alone.stderr).toMatch(/\n(\d+) records = \1 events \+ 0 bad \+ 0 seen already\n/);
    expect(both.stderr).toMatch(/\n\d+ records = \d+ events \+ 3 alerts \+ 0 bad \+ 0 seen already\n/);
  });

  it('that says the same twice says it once', () => {
    const lines = ALERT_FILES['chainsaw hunt --jsonl'];
    const { status, stderr } = run('scan', ['--format', 'jsonl', '--verify', '-'], lines + lines);
    expect(status).toBe(0);
    expect(stderr).toContain('6 alerts of Chainsaw, not events');
    expect(stderr).toContain('6 records = 0 events + 3 alerts + 0 bad + 3 seen already');
  });

  it('has no events to search', () => {
    const { status, stdout, stderr } = run('search', ['--format', 'jsonl', '*', csv]);
    expect([status, stdout]).toEqual([0, '']);
    expect(stderr).toContain(SAID);
  });
});

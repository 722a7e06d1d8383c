import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTar, makeZip } from '#lib/evidence/archive/testing.ts';

const NAMES = ['powershell-win32-scheduledjob.evtx', 'sysmon-enableat.evtx'];
const FILES = NAMES.map((name) => ({ path: name, bytes: readFileSync(path.join('e2e/evidence', name)) }));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'jobsight-archives-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(script: 'scan' | 'search', args: readonly string[], input: Uint8Array = Buffer.alloc(0)) {
  const temporary = mkdtempSync(path.join(folder, 'temporary-'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', `scripts/${script}.ts`, ...args],
    { encoding: 'utf8', input, env: { ...process.env, TMPDIR: temporary } },
  );
  return { status, stdout, stderr, left: readdirSync(temporary) };
}

const keep = (name: string, bytes: Uint8Array): string => {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
};

/** What is found, without where. */
const findings = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { events, ...finding } = JSON.parse(line);
      return { ...finding, events: events.map((event: { record_id: unknown }) => event.record_id) };
    });

describe('scan and search open archives', () => {
  it('finds in a zip, a zip in a tar.gz and standard input what it finds in the files, and leaves nothing behind', async () => {
    const expected = findings(
      run(
        'scan',
        NAMES.map((name) => `e2e/evidence/${name}`),
      ).stdout,
    );
    const zip = await makeZip(FILES);
    const file = keep('a.zip', zip);
    const { stdout, stderr, status, left } = run('scan', [file]);
    expect(findings(stdout)).toEqual(expected);
    expect(stdout).toContain(`"file":${JSON.stringify(`${file}!${NAMES[0]}`)}`);
    expect(stderr).toMatch(/scanned 2 files/);
    expect([status, left]).toEqual([0, []]);
    const nested = gzipSync(await makeTar([{ path: 'in/a.zip', bytes: zip }]));
    expect(findings(run('scan', ['-'], nested).stdout)).toEqual(expected);
  });

  it('reads an encrypted one with its password, and says that it needs one', async () => {
    const file = keep(
      'b.zip',
      await makeZip(FILES.map((one) => ({ ...one, zip: { password: 'infected', zipCrypto: true } }))),
    );
    const search = '* | stats count by Computer';
    const locked = run('search', [search, file]);
    expect(locked.stderr).toContain(`b.zip!${NAMES[0]}: It is encrypted.`);
    expect(locked.stdout).toBe('');
    expect(run('search', ['--password', 'infected', search, file]).stdout).toContain('win10-02.offsec.lan');
  });

  it('tells what of an archive cannot be had, with its path made printable, and reads the rest', async () => {
    const file = keep(
      'c.zip',
      await makeZip([
        { path: '../\u001b[2J.evtx', bytes: FILES[1]?.bytes ?? Buffer.alloc(0) },
        { path: 'read.me', bytes: Buffer.from('no events') },
      ]),
    );
    const { stdout, stderr, status, left } = run('scan', [file]);
    expect(findings(stdout).length).toBeGreaterThan(0);
    expect(stderr).toContain('leads out of the archive');
    expect(stderr).toContain('c.zip!read.me: This is text without Windows events');
    expect(stderr).not.toContain('\u001b');
    expect([status, left]).toEqual([0, []]);
  });
});

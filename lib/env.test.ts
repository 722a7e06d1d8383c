import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENV_NAMES, EnvError, parseEnv } from '#lib/env.ts';

describe('environment', () => {
  it('has defaults for a start without any variable', () => {
    expect(parseEnv({})).toEqual({ PORT: 3000, HOST: '127.0.0.1', JOBSIGHT_DATA: resolve('.data') });
  });

  it('counts an empty value as not set', () => {
    expect(parseEnv({ PORT: '', DATABASE_URL: '', JOBSIGHT_SECRET: '' }).PORT).toBe(3000);
  });

  it('refuses an unknown JOBSIGHT_ name and lists the known ones', () => {
    expect(() => parseEnv({ JOBSIGHT_DTAA: 'x' })).toThrow(
      /JOBSIGHT_DTAA is not .* JOBSIGHT_DATA, DATABASE_URL/,
    );
  });

  it.each([
    [{ PORT: 'http' }, 'PORT'],
    [{ PORT: '70000' }, 'PORT'],
    [{ PORT: '80.5' }, 'PORT'],
    [{ DATABASE_URL: 'mysql://h/d' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'h/d' }, 'DATABASE_URL'],
    [{ JOBSIGHT_ADMIN_EMAIL: 'nobody' }, 'JOBSIGHT_ADMIN_EMAIL'],
    [{ JOBSIGHT_ADMIN_EMAIL: 'a@example.org' }, 'JOBSIGHT_ADMIN_PASSWORD'],
    [{ JOBSIGHT_ADMIN_EMAIL: 'a@example.org', JOBSIGHT_ADMIN_PASSWORD: 'short' }, 'JOBSIGHT_ADMIN_PASSWORD'],
    [{ JOBSIGHT_SECRET: 'short' }, 'JOBSIGHT_SECRET'],
    [{ JOBSIGHT_HEC_PORT: '0' }, 'JOBSIGHT_HEC_PORT'],
    [{ JOBSIGHT_HEC_PORT: '3000' }, 'PORT'],
    [{ JOBSIGHT_HEC_CERT: 'collector.pem' }, 'JOBSIGHT_HEC_PORT'],
  ])('names the variable that is wrong in %o', (source, name) => {
    expect(() => parseEnv(source)).toThrow(EnvError);
    expect(() => parseEnv(source)).toThrow(name);
  });

  it('never repeats a value, which may be a secret', () => {
    expect(() => parseEnv({ DATABASE_URL: 'mysql://u:hunter2@h/d' })).not.toThrow(/hunter2/);
  });

  it('is what .env.example says, name by name, and the example is valid', () => {
    const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
    const pairs = text
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line))
      .map((line) => line.split('=', 2) as [string, string]);
    expect(pairs.map(([name]) => name)).toEqual(ENV_NAMES);
    expect(parseEnv(Object.fromEntries(pairs))).toEqual(parseEnv({}));
  });
});

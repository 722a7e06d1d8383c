import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { loadContent } from './load.ts';

const FOLDERS = ['app', 'components', 'lib', 'scripts', 'bench'];
/** Tests and what only they use may name what they test; Prisma's client is generated. */
const isProduct = (file: string): boolean =>
  /\.(?:ts|tsx|mjs)$/.test(file) &&
  !/\.test\.tsx?$|(?:^|[/\\])testing(?:[\w-]*\.ts$|[/\\])|[/\\]generated[/\\]/.test(file);

it('no id, name or search term of a detection stands in code, only in the YAML', () => {
  const { detections } = loadContent();
  const secrets = [
    ...detections.flatMap(({ id, name, file_name }) => [id, name, file_name]),
    'win32_scheduledjob',
    'enableat',
    'schedule\\configuration',
    'schedule\\\\configuration',
  ].map((text) => text.toLowerCase());
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => path.join(folder, file)),
  ).filter(isProduct);
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((file) => {
    const text = readFileSync(file, 'utf8').toLowerCase();
    return secrets.filter((secret) => text.includes(secret)).map((secret) => `${file}: ${secret}`);
  });
  expect(found).toEqual([]);
});

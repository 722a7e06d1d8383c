import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { ByteSource } from './record.ts';
import { fromBuffer, openFile, spool } from './source.ts';

const folder = await mkdtemp(path.join(tmpdir(), 'jobsight-test-'));
// Temporary files of other tests must not be seen.
vi.stubEnv('TMPDIR', folder);
afterAll(() => rm(folder, { recursive: true }));

const spooled = async (): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.startsWith('jobsight-'));

async function expectBytes(source: ByteSource): Promise<void> {
  const target = Buffer.alloc(8, '.');
  expect(source.sizeBytes).toBe(6);
  expect(await source.read(target, 1, 3, 2)).toBe(3);
  expect(target.toString()).toBe('.cde....');
  expect(await source.read(target, 0, 8, 4)).toBe(2);
  expect(await source.read(target, 0, 8, 6)).toBe(0);
}

describe('a source gives the bytes at any offset, fewer at the end', () => {
  it('of a buffer', () => expectBytes(fromBuffer(Buffer.from('abcdef'))));

  it('of a file', async () => {
    const file = path.join(folder, 'six');
    await writeFile(file, 'abcdef');
    const source = await openFile(file);
    await expectBytes(source);
    await source.close();
  });

  it('of a stream, whose temporary file goes with it', async () => {
    const before = await spooled();
    const source = await spool(Readable.from([Buffer.from('abc'), Buffer.from('def')]));
    await expectBytes(source);
    expect((await spooled()).length).toBe(before.length + 1);
    await source.close();
    expect(await spooled()).toEqual(before);
  });
});

it('leaves no temporary file behind when the stream breaks', async () => {
  const before = await spooled();
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from('abc');
      throw new Error('the pipe broke');
    })(),
  );
  await expect(spool(broken)).rejects.toThrow('the pipe broke');
  expect(await spooled()).toEqual(before);
});

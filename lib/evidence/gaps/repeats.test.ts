import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { knowledge } from '#lib/detection/rules.ts';
import { Scan } from '#lib/detection/scan.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { RepeatCounter } from './repeats.ts';

const FILE = path.resolve(import.meta.dirname, '../../../e2e/evidence/powershell-win32-scheduledjob.evtx');

async function blocksOf(bytes: Uint8Array) {
  const { blocks } = await readEvidence(fromBuffer(bytes), {});
  const all = [];
  for await (const block of blocks) all.push(block);
  return all;
}

describe('records that came before', () => {
  it('are counted by log and number, in a file and over files, and only when verifying', async () => {
    const { rules } = await knowledge();
    const blocks = await blocksOf(readFileSync(FILE));
    const total = blocks.reduce((sum, block) => sum + block.recordCount, 0);
    for (const verify of [true, false]) {
      const scan = new Scan(rules, { verify, lenient: false, extended: false, explain: false });
      for (const file of ['a', 'b', 'c']) for (const block of blocks) scan.add(file, block);
      const { totals, repeats } = scan.finish(0);
      expect([totals.events, repeats]).toEqual([3 * total, verify ? { events: 2 * total, alerts: 0 } : null]);
    }
  });

  it('are not told of records without a number', async () => {
    const counter = new RepeatCounter();
    const [record] = (await blocksOf(readFileSync(FILE))).flatMap((block) => block.records);
    if (!record) throw new Error('no record');
    const system = { ...JSON.parse(JSON.stringify(record.system)), recordId: null };
    const bare = {
      form: record.form,
      place: record.place,
      timeTicks: record.timeTicks,
      system,
      data: [],
      userDataXml: null,
    };
    counter.add(bare);
    counter.add(bare);
    expect(counter.count).toBe(0);
  });
});

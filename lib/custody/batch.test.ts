import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadContent } from '#lib/content/load.ts';
import { selectionOf } from '#lib/detection/detect.ts';
import { compileKnowledge } from '#lib/detection/rules.ts';
import { Occurrences } from '#lib/events/occurrences.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { Batch, Reading } from './batch.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../e2e/evidence');
const content = loadContent();
const rules = ['2023', '2026'].flatMap((variant) => compileKnowledge(content, variant).rules);

describe('a batch', () => {
  it('asks only rules that look at events of a kind, and misses nothing that another would select', async () => {
    let total = 0;
    for (const file of globSync('*.evtx', { cwd: FOLDER })) {
      const batch = new Batch(new Reading(rules, new Occurrences(), 'reprocess'), 0);
      let expected = 0;
      const { blocks } = await readEvidence(fromBuffer(readFileSync(path.join(FOLDER, file))), {});
      for await (const block of blocks) {
        batch.add(block);
        for (const record of block.records) {
          const event = eventFromRecord(record);
          expected += rules.filter((rule) => selectionOf(rule, event, record) !== null).length;
        }
      }
      const selected = batch.events.reduce((sum, { selections }) => sum + selections.length, 0);
      expect(selected, file).toBe(expected);
      total += selected;
    }
    expect(total).toBeGreaterThan(0);
  });
});

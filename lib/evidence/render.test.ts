import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasSharedData, plainRecord, readBlocks, sharedData } from './evtx/testing/read-all.ts';
import type { EvidenceRecord } from './record.ts';
import { escapeXml, renderEventXml } from './render.ts';
import { fromBuffer } from './source.ts';
import { readXml } from './xml/reader.ts';

const OWN_EVIDENCE = new URL('../../e2e/evidence/', import.meta.url);

const filesIn = (folder: URL): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.evtx'))
    .sort();

/** What a record says, without its place, which is another one in another form. */
const said = (record: EvidenceRecord): unknown => ({ ...(plainRecord(record) as object), offset: null });

async function renderAndRead(file: URL): Promise<{ records: unknown[]; again: unknown[] }> {
  const blocks = await readBlocks(readFileSync(file));
  const records = blocks.flatMap((block) => block.records);
  const again: EvidenceRecord[] = [];
  const text = records.map(renderEventXml).join('\r\n');
  for await (const block of readXml(fromBuffer(Buffer.from(text)))) {
    expect(block.problems).toEqual([]);
    again.push(...block.records);
  }
  return { records: records.map(said), again: again.map(said) };
}

describe('a record rendered as XML and read again is the same, for every record of', () => {
  it.each(filesIn(OWN_EVIDENCE))('%s', async (file) => {
    const { records, again } = await renderAndRead(new URL(encodeURIComponent(file), OWN_EVIDENCE));
    expect(records.length).toBeGreaterThan(0);
    expect(again).toEqual(records);
  });

  it.skipIf(!hasSharedData)('the shared evidence (needs it)', async () => {
    let count = 0;
    for (const folder of ['evtx/', 'derived/']) {
      for (const file of filesIn(new URL(folder, sharedData))) {
        const place = folder + file.split(path.sep).map(encodeURIComponent).join('/');
        const { records, again } = await renderAndRead(new URL(place, sharedData));
        expect(again, file).toEqual(records);
        count += records.length;
      }
    }
    expect(count).toBeGreaterThan(10_000);
  });
});

it('writes what XML cannot hold as references, and line feeds and tabs as they are', () => {
  const text = 'a\0\r\n\t\u001b[0m\u{1f600}\ud800\uffff<&>\'"';
  expect(escapeXml(text)).toBe('a&#0;&#13;\n\t&#27;[0m\u{1f600}&#55296;&#65535;&lt;&amp;&gt;&apos;&quot;');
});

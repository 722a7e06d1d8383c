/**
 * The same pulls from a real cluster: ELASTICSEARCH_URL or OPENSEARCH_URL, with user and password in it where the cluster
 * has security (a cluster for tests: indexes that begin with jobsight-test- are made and deleted).
 */
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { addAndRead, empty, useTestInstance } from '#lib/jobs/testing.ts';
import { documentOf, LAYOUTS, type Layout, type LayoutName } from '../testing/elastic-layouts.ts';
import { makeSource, pullAndRead, strictFindings, useTestSecret } from '../testing/pulling.ts';
import { storyRecords } from '../testing/story.ts';

useTestDatabase();
useTestInstance();
useTestSecret();

const CLUSTERS = [
  { kind: 'elasticsearch', variable: 'ELASTICSEARCH_URL', address: process.env.ELASTICSEARCH_URL },
  { kind: 'opensearch', variable: 'OPENSEARCH_URL', address: process.env.OPENSEARCH_URL },
];

for (const { kind, variable, address } of CLUSTERS) {
  const title =
    address === undefined ? `a real cluster (${variable} is not set)` : `the ${kind} of ${variable}`;
  describe.skipIf(address === undefined)(title, () => {
    const url = new URL(address ?? 'http://unset.invalid');
    const { username, password } = url;
    const headers = {
      'content-type': 'application/json',
      ...(username === ''
        ? {}
        : {
            authorization: `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`,
          }),
    };
    const send = async (method: string, path: string, body?: string) => {
      const answer = await fetch(`${url.origin}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      const text = await answer.text();
      if (!answer.ok && method !== 'DELETE') throw new Error(`${method} ${path}: ${text}`);
    };
    const indexOf = ({ index }: Layout) => `jobsight-test-${index}`;
    const cleanUp = async () => {
      for (const layout of Object.values(LAYOUTS)) await send('DELETE', `/${indexOf(layout)}`);
    };
    beforeEach(async () => {
      await db.source.deleteMany({});
      await empty();
      await cleanUp();
    });
    afterAll(cleanUp);

    // OpenSearch has the field types match_only_text and wildcard since 2.12 and 2.15.
    it.each(Object.keys(LAYOUTS) as LayoutName[])(
      'gives what a file gives, in the layout of %s',
      async (name) => {
        const layout: Layout = LAYOUTS[name];
        const index = indexOf(layout);
        await send('PUT', `/${index}`, JSON.stringify(layout.setup));
        const lines: string[] = [];
        for (const [at, record] of (await storyRecords()).entries()) {
          const document = documentOf(layout, record, String(at), Date.now() - 60_000);
          if (!document) continue;
          const source = JSON.stringify(document.source);
          lines.push(JSON.stringify({ _index: index, _id: document.id, _source: document.source }));
          await send('PUT', `/${index}/_doc/${document.id}`, source);
        }
        await send('POST', `/${index}/_refresh`);
        await addAndRead('hits.jsonl', Buffer.from(lines.join('\n')));
        const expected = await strictFindings();
        expect(expected.findings.length).toBeGreaterThan(1);
        await empty();
        const id = await makeSource({
          kind,
          settings: {
            url: url.origin,
            indexes: [index],
            ...(username === ''
              ? { signIn: 'none' }
              : { signIn: 'password', username: decodeURIComponent(username) }),
          },
          secrets: username === '' ? {} : { password: decodeURIComponent(password) },
        });
        const pull = await pullAndRead(id);
        expect(pull).toMatchObject({ state: 'done', message: null });
        expect(await strictFindings()).toEqual(expected);
        expect(Number(pull.rowCount)).toBeLessThan(lines.length);
        expect(Number((await pullAndRead(id)).rowCount)).toBe(0);
      },
    );
  });
}

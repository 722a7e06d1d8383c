import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import {
  addAndRead,
  callApi,
  exampleFile,
  formOf,
  REGISTRY,
  SCRIPT_BLOCKS,
  useApi,
} from '#lib/http/testing-api.ts';

useTestDatabase();
useApi();

const EVIDENCE = '/api/v1/evidence';

afterEach(async () => {
  for (const { id } of await db.evidence.findMany()) await callApi('manager', 'DELETE', `${EVIDENCE}/${id}`);
});

const upload = (...files: readonly File[]) =>
  callApi('analyst', 'POST', EVIDENCE, { body: formOf(...files) });
const strictFindings = async () => {
  const { items } = await (await callApi('viewer', 'GET', '/api/v1/findings?mode=strict')).json();
  return items
    .map(({ id, firstTicks }: { id: string; firstTicks: string }) => `${id} ${firstTicks}`)
    .toSorted();
};
const keptFiles = () =>
  readdirSync(process.env.JOBSIGHT_DATA ?? '', { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  ).length;

describe('upload', () => {
  it('keeps several files under their SHA-256 and knows them when they come again', async () => {
    const files = [exampleFile(SCRIPT_BLOCKS), exampleFile(REGISTRY)];
    const first = await upload(...files);
    const again = await upload(...files);
    expect([first.status, again.status]).toEqual([202, 202]);
    const expected = await Promise.all(
      files.map(async (file) => ({
        name: file.name,
        sizeBytes: file.size,
        sha256: createHash('sha256')
          .update(await file.bytes())
          .digest('hex'),
      })),
    );
    const added = await first.json();
    expect(added).toMatchObject({ items: expected, errors: [] });
    const known = await again.json();
    expect(known.items).toEqual(added.items.map((item: object) => ({ ...item, isKnown: true })));
    expect(await db.evidence.count()).toBe(2);
    expect(keptFiles()).toBe(2);
  });

  it('that breaks off keeps the whole files, nothing of the broken one, and says which that is', async () => {
    const whole = Buffer.from(
      await new Response(formOf(exampleFile(REGISTRY), exampleFile(SCRIPT_BLOCKS))).arrayBuffer(),
    );
    const boundary = /^--(\S+)/.exec(whole.toString('latin1'))?.[1] ?? '';
    const response = await callApi('analyst', 'POST', EVIDENCE, {
      body: new Blob([whole.subarray(0, -1_000)], { type: `multipart/form-data; boundary=${boundary}` }),
    });
    expect(response.status).toBe(202);
    const { items, errors } = await response.json();
    expect(items).toMatchObject([{ name: REGISTRY }]);
    expect(errors).toEqual([
      {
        name: SCRIPT_BLOCKS,
        code: 'invalid-input',
        detail: `The upload of “${SCRIPT_BLOCKS}” broke off and nothing of it was kept. Send it again.`,
      },
    ]);
    expect([await db.evidence.count(), keptFiles()]).toEqual([1, 1]);
  });

  it('shows a name as it was, whatever it holds, and never as a path', async () => {
    const name = '<img src=x onerror=alert(1)> \u202e; Ä%00\u{1f600}.evtx';
    const { items } = await (await upload(new File(['x'], name), new File(['y'], '../../y'))).json();
    expect(items.map((item: { name: string }) => item.name)).toEqual([name, 'y']);
    const { items: listed } = await (await callApi('viewer', 'GET', EVIDENCE)).json();
    expect(listed.map((item: { name: string }) => item.name).toSorted()).toEqual([name, 'y'].toSorted());
  });

  it('of something that is no evidence says what it is', async () => {
    const [id] = await addAndRead(new File(['%PDF-1.7\n...'], 'report.pdf'), new File([], 'empty.evtx'));
    const refused = await (await callApi('viewer', 'GET', `${EVIDENCE}/${id}`)).json();
    expect(refused).toMatchObject({ status: 'refused', message: expect.stringContaining('PDF') });
  });
});

describe('download', () => {
  it('gives the same bytes as a file to keep, and is written down', async () => {
    const file = exampleFile(REGISTRY);
    const { items } = await (await upload(new File([file], 'Ä x.evtx'))).json();
    const answer = await callApi('analyst', 'GET', `${EVIDENCE}/${items[0].id}/content`);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'repr-digest': `sha-256=:${createHash('sha256')
        .update(await file.bytes())
        .digest('base64')}:`,
      'content-disposition': `attachment; filename="_ x.evtx"; filename*=UTF-8''%C3%84%20x.evtx`,
      'x-content-type-options': 'nosniff',
    });
    expect(Buffer.from(await answer.arrayBuffer()).equals(await file.bytes())).toBe(true);
    const [entry] = await db.auditEntry.findMany({ where: { action: 'evidence.download' } });
    expect(entry).toMatchObject({ objectId: items[0].id, actorName: "the analyst's script" });
  });
});

describe('deletion', () => {
  it('takes what rests on the file alone, as announced, and the file again restores it', async () => {
    const [scripts, registry] = await addAndRead(exampleFile(SCRIPT_BLOCKS), exampleFile(REGISTRY));
    const all = await strictFindings();
    const consequences = await callApi('manager', 'GET', `${EVIDENCE}/${registry}/consequences`);
    expect(await consequences.json()).toMatchObject({
      name: REGISTRY,
      // Its own, and the chain that it makes with the other file.
      findingsRemoved: 2,
      findingsKept: 0,
      sharedEventCount: 0,
    });
    const answer = await callApi('manager', 'DELETE', `${EVIDENCE}/${registry}`);
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    expect(await strictFindings()).toHaveLength(3);
    expect(all).toEqual(expect.arrayContaining(await strictFindings()));
    expect((await callApi('manager', 'DELETE', `${EVIDENCE}/${registry}`)).status).toBe(404);
    await addAndRead(exampleFile(REGISTRY));
    expect(await strictFindings()).toEqual(all);
    expect((await callApi('viewer', 'GET', `${EVIDENCE}/${scripts}`)).status).toBe(200);
  });

  it('is for managers, not for analysts', async () => {
    const { items } = await (await upload(exampleFile(REGISTRY))).json();
    expect((await callApi('analyst', 'DELETE', `${EVIDENCE}/${items[0].id}`)).status).toBe(403);
    expect(keptFiles()).toBe(1);
  });
});

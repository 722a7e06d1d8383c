import { describe, expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { STORY, SYSTEM } from '#lib/detection/testing-story.ts';
import { mappingFile } from '#lib/evidence/mapping/mapping.ts';
import { classicText, table } from '#lib/evidence/text/testing/write-text.ts';
import { evidenceColumns, evidenceDetail, mappingList, readingPreview } from '#lib/http/schemas.ts';
import { addAndRead, callApi, useApi } from '#lib/http/testing-api.ts';

useTestDatabase();
useApi();

const LOCAL = STORY.map((record) => classicText(record)).join('\n');
const odd = (tag: string): File =>
  new File(
    [
      table(
        STORY.map((record) => ({
          When: record.system.systemTime,
          Machine: SYSTEM.computer,
          Script: record.data.find(([name]) => name === 'ScriptBlockText')?.[1] ?? '',
          Tag: tag,
        })),
      ),
    ],
    `${tag}.csv`,
  );
const detail = async (id: string) => {
  const answer = await callApi('viewer', 'GET', `/api/v1/evidence/${id}`);
  return evidenceDetail.parse(await answer.json());
};
const patch = (id: string, body: object, caller: 'analyst' | 'viewer' = 'analyst') =>
  callApi(caller, 'PATCH', `/api/v1/evidence/${id}`, { body });

describe('evidence that asks', () => {
  it('is told its columns, and the answer is remembered, listed, exported and forgotten', async () => {
    const [id = ''] = await addAndRead(odd('a'));
    expect(await detail(id)).toMatchObject({ status: 'asking', question: 'mapping', isMappable: true });
    const { columns, proposal } = evidenceColumns.parse(
      await (await callApi('viewer', 'GET', `/api/v1/evidence/${id}/columns`)).json(),
    );
    expect(columns.map(({ name }) => name)).toEqual(['When', 'Machine', 'Script', 'Tag']);
    const preview = await callApi('viewer', 'POST', `/api/v1/evidence/${id}/preview`, {
      body: { mapping: proposal },
    });
    expect(readingPreview.parse(await preview.json()).events.map(({ ticks }) => ticks)).toEqual(
      STORY.map(({ timeTicks }) => String(timeTicks)),
    );
    expect((await patch(id, { mapping: proposal }, 'viewer')).status).toBe(403);
    expect((await patch(id, {})).status).toBe(400);
    expect((await patch(id, { mapping: { ...proposal, raw: 'Other' } })).status).toBe(400);
    const answer = await patch(id, { mapping: proposal });
    expect(answer.status).toBe(200);
    expect(evidenceDetail.parse(await answer.json())).toMatchObject({ status: 'waiting', mapping: proposal });
    const [next = ''] = await addAndRead(odd('b'));
    expect(await detail(next)).toMatchObject({ status: 'ready', mapping: proposal, recordCount: 2 });

    const { items } = mappingList.parse(await (await callApi('viewer', 'GET', '/api/v1/mappings')).json());
    expect(items).toMatchObject([{ mapping: proposal, evidenceCount: 2 }]);
    const address = `/api/v1/mappings/${items[0]?.headerKey}`;
    const exported = mappingFile.parse(await (await callApi('viewer', 'GET', address)).json());
    expect(exported).toEqual({ columns: ['When', 'Machine', 'Script', 'Tag'], mapping: proposal });
    expect((await callApi('viewer', 'DELETE', address)).status).toBe(403);
    expect((await callApi('analyst', 'DELETE', address)).status).toBe(204);
    expect((await callApi('viewer', 'GET', address)).status).toBe(404);
    expect(await db.auditEntry.count({ where: { action: 'mapping.delete' } })).toBe(1);
  });

  it('is not asked for a zone that the upload named before the file', async () => {
    const upload = async (timeZone: string, name: string) => {
      const form = new FormData();
      form.append('timeZone', timeZone);
      form.append('file', new File([LOCAL, '\n'.repeat(name.length)], name));
      return callApi('analyst', 'POST', '/api/v1/evidence', { body: form });
    };
    const named = await (await upload('Europe/Berlin', 'named.log')).json();
    expect(await detail(named.items[0].id)).toMatchObject({ status: 'waiting', timeZone: 'Europe/Berlin' });
    expect((await upload('Mars/Olympus', 'mars.log')).status).toBe(400);
    const [asking = ''] = await addAndRead(new File([LOCAL], 'asking.log'));
    expect(await detail(asking)).toMatchObject({ status: 'asking', question: 'time_zone' });
    // The same bytes with a zone are an answer.
    const form = new FormData();
    form.append('timeZone', 'Asia/Tokyo');
    form.append('file', new File([LOCAL], 'again.log'));
    await callApi('analyst', 'POST', '/api/v1/evidence', { body: form });
    expect(await detail(asking)).toMatchObject({ status: 'waiting', question: null, timeZone: 'Asia/Tokyo' });
    expect((await patch(asking, { timeZone: 'nowhere' })).status).toBe(400);
    const late = new FormData();
    late.append('file', new File([LOCAL, '\n\n'], 'late.log'));
    late.append('timeZone', 'Asia/Tokyo');
    const { items, errors } = await (
      await callApi('analyst', 'POST', '/api/v1/evidence', { body: late })
    ).json();
    expect(items).toHaveLength(1);
    expect(errors).toMatchObject([{ detail: 'Send “timeZone” before the files; it was not used.' }]);
  });
});

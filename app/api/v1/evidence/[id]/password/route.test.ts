import { describe, expect, it } from 'vitest';
import { useTestDatabase } from '#lib/db/testing.ts';
import { makeZip } from '#lib/evidence/archive/testing.ts';
import { evidenceDetail, unlockedArchive } from '#lib/http/schemas.ts';
import { addAndRead, callApi, exampleFile, REGISTRY, useApi } from '#lib/http/testing-api.ts';

useTestDatabase();
useApi();

const unlock = (caller: 'analyst' | 'viewer', id: string, body: object) =>
  callApi(caller, 'POST', `/api/v1/evidence/${id}/password`, { body });

describe('the password of an archive', () => {
  it('opens its encrypted members, as the document of the API says', async () => {
    const bytes = await exampleFile(REGISTRY).bytes();
    const zip = await makeZip([{ path: REGISTRY, bytes, zip: { password: 'infected', zipCrypto: true } }]);
    const [id = ''] = await addAndRead(new File([new Uint8Array(zip)], 'a.zip'));
    const detail = async () => (await callApi('viewer', 'GET', `/api/v1/evidence/${id}`)).json();
    expect(evidenceDetail.parse(await detail()).members).toMatchObject({ lockedCount: 1, total: 1 });
    expect((await unlock('viewer', id, { password: 'infected' })).status).toBe(403);
    expect((await unlock('analyst', id, { password: '' })).status).toBe(400);
    const wrong = await unlock('analyst', id, { password: 'no' });
    expect([wrong.status, (await wrong.json()).detail]).toEqual([
      400,
      'The password does not fit. Nothing was changed.',
    ]);
    const right = await unlock('analyst', id, { password: 'infected' });
    expect(right.status).toBe(200);
    expect(unlockedArchive.parse(await right.json())).toEqual({ unlockedCount: 1, stillLockedCount: 0 });
    expect(evidenceDetail.parse(await detail()).members?.items).toMatchObject([
      { path: REGISTRY, evidence: { status: 'waiting' } },
    ]);
  });
});

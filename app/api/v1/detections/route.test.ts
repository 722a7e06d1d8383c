import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importFolder } from '#lib/catalogue/folder.ts';
import { forgetCatalogue, IMPORTED_ID, publishedYaml, REGISTRY_SEARCH } from '#lib/catalogue/testing.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import * as answers from '#lib/http/schemas.ts';
import { addAndRead, callApi, exampleFile, formOf, REGISTRY, useApi } from '#lib/http/testing-api.ts';

useTestDatabase();
useApi();
beforeEach(forgetCatalogue);
afterEach(async () => {
  await db.finding.deleteMany({});
  await db.evidence.deleteMany({});
  await db.event.deleteMany({});
});

const REGISTRY_ID = '12c80db8-ef62-4456-92df-b23e1b3219f6';
const file = (name: string, text: string) => new File([text], name);

describe('/api/v1/detections', () => {
  it('lists what is shipped, with its status', async () => {
    const page = answers.detectionPage.parse(
      await (await callApi('viewer', 'GET', '/api/v1/detections')).json(),
    );
    expect(page.items.find(({ id }) => id === REGISTRY_ID)).toMatchObject({
      isShipped: true,
      isEnabled: true,
      status: 'no-data',
      variant: '2023',
    });
    const few = await callApi('viewer', 'GET', '/api/v1/detections?q=registry&status=no-data');
    expect(answers.detectionPage.parse(await few.json()).items.map(({ id }) => id)).toContain(REGISTRY_ID);
  });

  it('imports several files that refer to each other, and says of each what came of it', async () => {
    const form = formOf(
      file('registry_value.yml', publishedYaml('`mine` EventCode=13 | stats count by dest')),
      file('macros.conf', '[mine]\ndefinition = source="*Sysmon*"\n'),
      file('broken.yml', 'name: [x'),
    );
    const response = await callApi('manager', 'POST', '/api/v1/detections/import?enable=true', {
      body: form,
    });
    expect(response.status).toBe(200);
    const result = answers.importResult.parse(await response.json());
    expect(result).toMatchObject({
      items: [{ id: IMPORTED_ID, outcome: 'added', isEnabled: true, status: 'no-data', problem: null }],
      macros: ['mine'],
    });
    expect(result.problems.map(({ place }) => place)).toEqual(['broken.yml']);
  });

  it('refuses an import without a file, of another role, and of nothing', async () => {
    const form = () => formOf(file('a.yml', publishedYaml(REGISTRY_SEARCH)));
    const as = async (role: 'analyst' | 'manager', body: FormData) =>
      (await callApi(role, 'POST', '/api/v1/detections/import', { body })).status;
    expect(await as('analyst', form())).toBe(403);
    expect(await as('manager', new FormData())).toBe(400);
    expect(await as('manager', formOf(file('a.yml', 'a: 1')))).toBe(400);
    expect(await db.contentFile.count()).toBe(0);
  });

  it('switches, compares, sets risk, disables and exports', async () => {
    await addAndRead(exampleFile(REGISTRY));
    const address = `/api/v1/detections/${REGISTRY_ID}`;
    const compared = await callApi('viewer', 'GET', `${address}/comparison?with=2026`);
    expect(answers.variantComparison.parse(await compared.json())).toMatchObject({ counting: '2023' });
    const patch = async (body: object) => callApi('manager', 'PATCH', address, { body });
    const detail = answers.detectionDetail.parse(
      await (await patch({ variant: '2026', riskScore: 12 })).json(),
    );
    expect(detail).toMatchObject({ variant: '2026', riskScore: 12, status: 'runs' });
    expect(detail.covered.length).toBeGreaterThan(0);
    expect((await patch({})).status).toBe(400);
    expect((await patch({ variant: '1999' })).status).toBe(400);
    expect((await callApi('analyst', 'PATCH', address, { body: { isEnabled: false } })).status).toBe(403);
    expect(await (await patch({ isEnabled: false })).json()).toMatchObject({
      isEnabled: false,
      findingCount: 0,
    });
    const yaml = await callApi('viewer', 'GET', `${address}/export`);
    expect(yaml.headers.get('content-disposition')).toContain(
      'windows_enable_win32_scheduledjob_via_registry.yml',
    );
    expect(await yaml.text()).toContain('EnableAt');
    const missing = await callApi('viewer', 'GET', '/api/v1/detections/0a1b2c3d-0000-4000-8000-00000000ffff');
    expect(missing.status).toBe(404);
  });

  it('has all stored evidence read again when asked to', async () => {
    await addAndRead(exampleFile(REGISTRY));
    const response = await callApi('manager', 'POST', '/api/v1/detections/reprocess');
    expect(response.status).toBe(202);
    expect(answers.reprocessStarted.parse(await response.json()).reprocess).toMatchObject({
      fileTotal: 1,
      fileDone: 0,
    });
  });
});

describe('the folder of detections', () => {
  it('is imported and enabled at start, and the second time nothing changes', async () => {
    const folder = path.join(process.env.JOBSIGHT_DATA ?? '', 'detections', 'mine');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'registry_value.yml'), publishedYaml(REGISTRY_SEARCH));
    await writeFile(path.join(folder, 'README.md'), 'not a detection');
    await importFolder(process.env.JOBSIGHT_DATA ?? '');
    await importFolder(process.env.JOBSIGHT_DATA ?? '');
    const response = await callApi('viewer', 'GET', `/api/v1/detections/${IMPORTED_ID}`);
    expect(answers.detectionDetail.parse(await response.json())).toMatchObject({
      isEnabled: true,
      versions: [{ number: 1, fileName: 'mine/registry_value.yml', importedBy: 'folder detections' }],
    });
  });
});

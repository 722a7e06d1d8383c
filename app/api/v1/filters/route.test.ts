import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '#lib/auth/actor.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { FILTER_ENDPOINTS } from '#lib/http/filter-endpoints.ts';
import { findingDetail, findingPage } from '#lib/http/schemas.ts';
import { addAndRead, callApi, exampleFile, REGISTRY, SCRIPT_BLOCKS, useApi } from '#lib/http/testing-api.ts';

useTestDatabase();
useApi();
const folder = mkdtempSync(path.join(tmpdir(), 'jobsight-filters-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  await addAndRead(exampleFile(SCRIPT_BLOCKS), exampleFile(REGISTRY));
});

const ROOT = '/api/v1/filters';
const REASON = 'The inventory script of the backup team.';
const DETECTION = '47c69803-2c09-408b-b40a-063c064cbb16';
const TEXT = 'search NOT (dest="win10-02.offsec.lan" ScriptBlockText="*get-*")';
const draft = (more: object = {}) => ({ name: 'Inventory', text: TEXT, reason: REASON, ...more });

/** Calls an endpoint and checks its answer against what the OpenAPI document says of it. */
async function call(caller: Role, method: string, address: string, body?: object) {
  const response = await callApi(caller, method, ROOT + address, body === undefined ? {} : { body });
  const pathname = (ROOT + address).split('?', 1)[0] ?? '';
  const endpoint = FILTER_ENDPOINTS.find(
    (one) =>
      one.method === method &&
      new RegExp(
        `^${one.path.replaceAll(/\{\w+\}/g, '(?!preview|propose|fields|export|import)[^/]+')}$`,
      ).test(pathname),
  );
  const answer = response.status === 204 ? null : await response.json();
  if (response.ok) {
    expect(response.status).toBe(endpoint?.status ?? 200);
    if (endpoint?.response) expect(endpoint.response.safeParse(answer).error).toBeUndefined();
  }
  return { status: response.status, answer };
}

describe('filter rules over HTTP', () => {
  it('are previewed, saved, changed, reverted, renewed, and removed', async () => {
    const preview = await call('viewer', 'POST', '/preview', { draft: draft() });
    expect(preview.answer).toMatchObject({ covered: 2, problems: [], added: { count: 2 } });
    const saved = await call('analyst', 'POST', '', { draft: draft() });
    const waits = preview.answer.conflictTotal > 0;
    expect(saved).toMatchObject({
      status: 201,
      answer: { version: 1, state: waits ? 'proposed' : 'in_force' },
    });
    const { id, number } = saved.answer;
    if (waits) {
      expect(
        (await call('analyst', 'POST', `/${id}/decision`, { version: 1, isApproved: true, reason: REASON }))
          .status,
      ).toBe(403);
      await call('manager', 'POST', `/R-${number}/decision`, {
        version: 1,
        isApproved: true,
        reason: REASON,
      });
    }
    const page = findingPage.parse(
      await (await callApi('viewer', 'GET', '/api/v1/findings?hidden=only')).json(),
    );
    expect([page.total, page.hiddenTotal]).toEqual([2, 2]);
    const detail = await (await callApi('viewer', 'GET', `/api/v1/findings/${page.items[0]?.id}`)).json();
    expect(findingDetail.parse(detail).filters).toMatchObject({ isHidden: true, rules: [{ number }] });
    const changed = {
      draft: draft({ outcome: 'lower', factor: 0.5, detectionIds: [DETECTION] }),
      version: 1,
    };
    expect((await call('analyst', 'PATCH', `/${id}`, changed)).answer).toMatchObject({
      version: 2,
      state: 'in_force',
    });
    expect((await call('analyst', 'PATCH', `/${id}`, changed)).status).toBe(409);
    await call('analyst', 'POST', `/${id}/revert`, { toVersion: 1, reason: REASON });
    await call('analyst', 'POST', `/${id}/renewal`, { expiresAt: '2099-01-01T00:00:00Z', reason: REASON });
    expect((await call('viewer', 'GET', `/${id}`)).answer.versions).toHaveLength(4);
    expect((await call('viewer', 'GET', '?sort=covered&review=approval,expiring')).status).toBe(200);
    expect((await call('viewer', 'GET', '?q=inventory')).answer.total).toBe(1);
    expect((await call('analyst', 'DELETE', `/${id}?reason=${encodeURIComponent(REASON)}`)).status).toBe(204);
    expect((await call('viewer', 'GET', '')).answer.total).toBe(0);
    expect((await call('viewer', 'GET', '?state=removed')).answer.total).toBe(1);
  });

  it('refuses a short reason, a text with a mistake, a whole host for ever', async () => {
    const refused = async (more: object) =>
      (await call('analyst', 'POST', '', { draft: draft(more) })).answer;
    expect(await refused({ reason: 'because' })).toMatchObject({ status: 400 });
    expect((await refused({ text: 'search NOT dset="x"' })).detail).toContain('Did you mean "dest"?');
    expect((await refused({ text: 'search NOT dest="x"', expiresAt: null })).detail).toContain('must end');
  });

  it('are proposed for findings, with fields to choose from', async () => {
    const { items } = await (
      await callApi('viewer', 'GET', `/api/v1/findings?detection=${DETECTION}&mode=strict`)
    ).json();
    const proposals = await call('analyst', 'POST', '/propose', {
      findingIds: [items[0].id, `F-${items[1].number}`],
    });
    expect(proposals.answer.items[0]).toMatchObject({ coversChosen: 2, chosen: 2 });
    const fields = await call('viewer', 'GET', `/fields?detections=${DETECTION}`);
    expect(fields.answer.items.map(({ name }: { name: string }) => name)).toContain('ScriptBlockText');
  });

  it('come from a file, go to a file, and the command line counts the same', async () => {
    const conf = `[windows_powershell_wmi_win32_scheduledjob_filter]\ndefinition = ${TEXT}\n[nothing_filter]\ndefinition = search x=1\n`;
    const imported = await call('analyst', 'POST', '/import', { text: conf, reason: REASON });
    expect(imported.answer).toMatchObject({
      saved: [{ version: 1 }],
      problems: [{ place: '[nothing_filter]' }],
    });
    const [{ id, state }] = imported.answer.saved;
    if (state === 'proposed')
      await call('manager', 'POST', `/${id}/decision`, { version: 1, isApproved: true, reason: REASON });
    for (const format of ['macros', 'json', 'sigma']) {
      const text = await (await callApi('viewer', 'GET', `${ROOT}/export?format=${format}`)).text();
      const file = path.join(folder, format);
      writeFileSync(file, text);
      const args = [
        '--disable-warning=ExperimentalWarning',
        'scripts/filters.ts',
        'preview',
        '--format',
        'jsonl',
        file,
      ];
      const evidence = [SCRIPT_BLOCKS, REGISTRY].map((name) => path.join('e2e', 'evidence', name));
      const { status, stdout, stderr } = spawnSync(process.execPath, [...args, ...evidence], {
        encoding: 'utf8',
      });
      const preview = await call('viewer', 'POST', '/preview', {
        draft: draft({ detectionIds: [DETECTION] }),
      });
      expect(status, stderr).toBe(0);
      expect(JSON.parse(stdout), format).toMatchObject({
        considered: preview.answer.considered,
        covered: preview.answer.covered,
        first_time: preview.answer.first_time,
        last_time: preview.answer.last_time,
      });
      expect(stderr).toMatch(/hidden 2 of \d+ findings by 1 rules/);
    }
  });

  it('the command line names mistakes with their place', () => {
    const file = path.join(folder, 'wrong.conf');
    writeFileSync(
      file,
      '[windows_powershell_wmi_win32_scheduledjob_filter]\ndefinition = search NOT dset="a"\n',
    );
    const args = ['--disable-warning=ExperimentalWarning', 'scripts/filters.ts', 'check', file];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stdout).toContain('search NOT dset="a"\n           ^^^^\n');
    expect(stdout).toContain('Did you mean "dest"?');
  });
});

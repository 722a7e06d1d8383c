import { beforeEach, describe, expect, it } from 'vitest';
import { listAudit } from '#lib/audit/queries.ts';
import type { Actor } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { addNote, updateFinding } from '#lib/findings/commands.ts';
import { findingListQuery } from '#lib/findings/inputs.ts';
import { getFinding, listFindings } from '#lib/findings/queries.ts';
import { ANALYST, addAndRead, empty, POWERSHELL, REGISTRY, useTestInstance } from '#lib/jobs/testing.ts';
import { getHost } from '#lib/timeline/queries.ts';
import { changeDetection } from './commands.ts';
import { compareVariants } from './compare.ts';
import { exportDetection } from './export.ts';
import { importDetections } from './import.ts';
import { getDetection, listDetections } from './queries.ts';
import { readDetectionFile } from './read-file.ts';
import { variantName } from './rule-key.ts';
import { forgetCatalogue, IMPORTED_ID, publishedYaml, REGISTRY_SEARCH } from './testing.ts';

useTestDatabase();
useTestInstance();
beforeEach(async () => {
  await empty();
  await forgetCatalogue();
});

const SCRIPT_ID = '47c69803-2c09-408b-b40a-063c064cbb16';
const REGISTRY_ID = '12c80db8-ef62-4456-92df-b23e1b3219f6';
const HOST = 'win10-02.offsec.lan';
const VIEWER: Actor = { ...ANALYST, id: 'v', role: 'viewer' };

const importText = (text: string, isEnabling = true) =>
  importDetections(ANALYST, [{ name: 'registry_value.yml', text }], { isEnabling });

async function findingsOf(detectionId: string) {
  const query = findingListQuery.parse({ detection: detectionId, sort: 'first', direction: 'asc' });
  return (await listFindings(ANALYST, query)).items;
}

describe('switching a variant', () => {
  it('carries triage over to findings that share an event, there and back', async () => {
    await addAndRead(POWERSHELL);
    const [before] = await findingsOf(SCRIPT_ID);
    const number = String(before?.number);
    await updateFinding(ANALYST, number, { version: 1, status: 'in_progress', ownerId: ANALYST.id });
    await addNote(ANALYST, number, 'seen before');

    await changeDetection(ANALYST, SCRIPT_ID, { variant: '2026' });
    const after = await findingsOf(SCRIPT_ID);
    expect(new Set(after.map(({ variant }) => variant))).toEqual(new Set(['2026']));
    const carried = after.find(({ status }) => status === 'in_progress');
    expect(carried).toMatchObject({ owner: { id: ANALYST.id }, firstTicks: before?.firstTicks });
    const detail = await getFinding(ANALYST, carried?.id ?? '');
    expect(detail.notes.map(({ text }) => text)).toEqual(['seen before']);
    expect(detail.history[0]).toMatchObject({ action: 'finding.carry', after: { from: `F-${number}` } });
    expect(await getFinding(ANALYST, number)).toMatchObject({ state: 'superseded', status: 'in_progress' });

    await updateFinding(ANALYST, carried?.id ?? '', {
      version: detail.version,
      status: 'closed',
      disposition: 'benign_positive',
      reason: 'inventory',
    });
    await changeDetection(ANALYST, SCRIPT_ID, { variant: '2023' });
    const back = await getFinding(ANALYST, number);
    expect(back).toMatchObject({ state: 'active', status: 'closed', disposition: 'benign_positive' });
    expect(back.notes.map(({ text }) => text)).toEqual(['seen before']);
  });

  it('leaves a finding alone that somebody worked on after the switch', async () => {
    await addAndRead(POWERSHELL);
    await changeDetection(ANALYST, SCRIPT_ID, { variant: '2026' });
    const [finding] = await findingsOf(SCRIPT_ID);
    await updateFinding(ANALYST, String(finding?.number), { version: 1, status: 'on_hold' });
    await addAndRead(REGISTRY);
    expect(await getFinding(ANALYST, String(finding?.number))).toMatchObject({ status: 'on_hold' });
  });

  it('is told before: what both find, and what only one does', async () => {
    await addAndRead(REGISTRY);
    const comparison = await compareVariants(VIEWER, REGISTRY_ID, '2026');
    const other = (await db.finding.count()) > 0;
    await changeDetection(ANALYST, REGISTRY_ID, { variant: '2026' });
    const found = await findingsOf(REGISTRY_ID);
    expect(other).toBe(true);
    expect(comparison).toMatchObject({ counting: '2023', other: '2026', unreadFiles: 0 });
    expect(comparison.result?.otherTotal).toBe(found.length);
    const { sameTotal = 0, onlyOther = [] } = comparison.result ?? {};
    expect(sameTotal + onlyOther.length).toBe(found.length);
  });
});

describe('disabling', () => {
  it('takes findings and risk away at once and gives them back as they were', async () => {
    await addAndRead(POWERSHELL);
    await addAndRead(REGISTRY);
    const [first] = await findingsOf(SCRIPT_ID);
    await updateFinding(ANALYST, String(first?.number), { version: 1, status: 'in_progress' });
    const before = await findingsOf(SCRIPT_ID);
    const risk = (await getHost(ANALYST, HOST)).peakScore;
    await changeDetection(ANALYST, SCRIPT_ID, { isEnabled: false });
    expect(await findingsOf(SCRIPT_ID)).toEqual([]);
    expect((await getHost(ANALYST, HOST)).peakScore).toBeLessThan(risk);
    expect((await getDetection(VIEWER, SCRIPT_ID)).status).toBe('disabled');
    await changeDetection(ANALYST, SCRIPT_ID, { isEnabled: true });
    expect(await findingsOf(SCRIPT_ID)).toEqual(before);
    expect((await getHost(ANALYST, HOST)).peakScore).toBe(risk);
    const audit = await listAudit(ANALYST, 'detection', SCRIPT_ID);
    expect(audit.slice(0, 2).map(({ after }) => after)).toMatchObject([
      { variant: '2023' },
      { variant: null },
    ]);
  });
});

describe('a risk that a manager sets', () => {
  it('counts in place of what the author says, until it is taken back', async () => {
    await addAndRead(REGISTRY);
    const risk = (await getHost(ANALYST, HOST)).peakScore;
    await changeDetection(ANALYST, REGISTRY_ID, { riskScore: 90 });
    expect(
      (await findingsOf(REGISTRY_ID)).every(({ riskScore, mode }) => mode !== 'strict' || riskScore === 90),
    ).toBe(true);
    expect((await getHost(ANALYST, HOST)).peakScore).toBeGreaterThan(risk);
    await changeDetection(ANALYST, REGISTRY_ID, { riskScore: null });
    expect((await getHost(ANALYST, HOST)).peakScore).toBe(risk);
  });
});

describe('importing', () => {
  it('says of each detection whether it runs, runs without data, or why it cannot and where', async () => {
    await addAndRead(REGISTRY);
    const sigma = `
title: Anything In The Task Log
id: 0a1b2c3d-0000-4000-8000-000000000003
logsource: { product: windows, service: taskscheduler }
detection: { selection: { EventID: 106 }, condition: selection }
level: low
`;
    const broken = publishedYaml('EventCode=1 | frobnicate x').replace('000000000001', '000000000004');
    const { items } = await importDetections(
      ANALYST,
      [
        { name: 'a.yml', text: publishedYaml(REGISTRY_SEARCH) },
        { name: 'b.yml', text: sigma },
        { name: 'c.yml', text: broken },
      ],
      { isEnabling: false },
    );
    expect(items.map(({ status, isEnabled }) => [status, isEnabled])).toEqual([
      ['runs', false],
      ['no-data', false],
      ['cannot-run', false],
    ]);
    expect(items[2]?.problem?.excerpt).toBe('EventCode=1 | frobnicate x\n              ^^^^^^^^^^');
    const page = await listDetections(VIEWER, { status: 'cannot-run' });
    expect(page.items.map(({ id }) => id)).toEqual(['0a1b2c3d-0000-4000-8000-000000000004']);
    await expect(
      changeDetection(ANALYST, '0a1b2c3d-0000-4000-8000-000000000004', { isEnabled: true }),
    ).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('the same again changes nothing', async () => {
    await importText(publishedYaml(REGISTRY_SEARCH));
    const again = await importText(publishedYaml(REGISTRY_SEARCH));
    expect(again.items).toMatchObject([{ outcome: 'unchanged', version: 1 }]);
    expect(await db.contentFile.count()).toBe(1);
  });

  it('an update of text and risk keeps findings under their ids with their triage', async () => {
    await importText(publishedYaml(REGISTRY_SEARCH));
    await addAndRead(REGISTRY);
    const [finding] = await findingsOf(IMPORTED_ID);
    expect(finding?.riskScore).toBe(20);
    await updateFinding(ANALYST, String(finding?.number), { version: 1, status: 'in_progress' });
    const { items } = await importText(publishedYaml(REGISTRY_SEARCH, { impact: 80, version: 2 }));
    expect(items).toMatchObject([{ outcome: 'updated', version: 2 }]);
    expect((await findingsOf(IMPORTED_ID))[0]).toMatchObject({
      id: finding?.id,
      status: 'in_progress',
      riskScore: 40,
    });
    const { versions } = await getDetection(VIEWER, IMPORTED_ID);
    expect(versions.map(({ number }) => number)).toEqual([2, 1]);
  });

  it('a search that ships already is known as that, another of the same id is a variant of it', async () => {
    const { searches } = await getDetection(VIEWER, REGISTRY_ID);
    const shipped = searches.find(({ name }) => name === '2023')?.search ?? '';
    const asShipped = publishedYaml(shipped).replace(IMPORTED_ID, REGISTRY_ID);
    expect((await importText(asShipped)).items).toMatchObject([{ outcome: 'shipped', variant: '2023' }]);
    const asOther = publishedYaml(REGISTRY_SEARCH).replace(IMPORTED_ID, REGISTRY_ID);
    expect((await importText(asOther)).items).toMatchObject([{ outcome: 'added' }]);
    const after = await getDetection(VIEWER, REGISTRY_ID);
    expect(after.searches.map(({ name }) => name)).toEqual(['2023', '2026', variantName(REGISTRY_SEARCH)]);
    expect(after.variant).toBe('2023');
  });

  it('is for managers', async () => {
    await expect(
      importDetections(
        { ...ANALYST, role: 'analyst' },
        [{ name: 'a.yml', text: publishedYaml(REGISTRY_SEARCH) }],
        { isEnabling: true },
      ),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('refuses what holds no detection and says what is wrong with it', async () => {
    await expect(importText('name: [unclosed')).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(importText('hello: world')).rejects.toThrow('registry_value.yml');
  });
});

describe('exporting', () => {
  it.each([SCRIPT_ID, REGISTRY_ID])('%s as YAML says the same when it is read', async (id) => {
    const { text, fileName } = await exportDetection(VIEWER, id, 'yaml');
    const [read] = readDetectionFile(text, fileName).detections;
    const detail = await getDetection(VIEWER, id);
    expect(read).toMatchObject({
      id,
      name: detail.name,
      type: detail.type,
      techniques: detail.techniques,
      risk: { score: detail.riskScore, message: detail.risk.message },
    });
    expect(variantName(read?.search ?? '')).toBe(variantName(detail.searches[0]?.search ?? ''));
  });
});

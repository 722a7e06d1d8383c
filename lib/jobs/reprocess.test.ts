import { beforeEach, describe, expect, it } from 'vitest';
import { changeDetection } from '#lib/catalogue/commands.ts';
import { currentCatalogue } from '#lib/catalogue/current.ts';
import { importDetections } from '#lib/catalogue/import.ts';
import { reprocessProgress } from '#lib/catalogue/progress.ts';
import { forgetCatalogue, IMPORTED_ID, publishedYaml, REGISTRY_SEARCH } from '#lib/catalogue/testing.ts';
import { EvidenceStore } from '#lib/custody/store.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { env } from '#lib/env.ts';
import { reprocessEvidence } from './reprocess.ts';
import {
  ANALYST,
  addAndRead,
  empty,
  evidenceFile,
  POWERSHELL,
  REGISTRY,
  stateOf,
  useTestInstance,
} from './testing.ts';

useTestDatabase();
useTestInstance();
beforeEach(async () => {
  await empty();
  await forgetCatalogue();
});

const REGISTRY_ID = '12c80db8-ef62-4456-92df-b23e1b3219f6';
const SCRIPT_ID = '47c69803-2c09-408b-b40a-063c064cbb16';

const importText = (text: string) =>
  importDetections(ANALYST, [{ name: 'registry_value.yml', text }], { isEnabling: true });

async function readAgain(signal?: AbortSignal): Promise<void> {
  const store = new EvidenceStore(env().JOBSIGHT_DATA);
  const rows = await db.reprocess.findMany({ where: { finishedAt: null }, orderBy: { evidenceId: 'asc' } });
  for (const { evidenceId } of rows) await reprocessEvidence(evidenceId, { db, store, signal });
}

/** What counts: findings, events, risk, selections and coverage, without evidence ids. */
async function counting(): Promise<unknown> {
  const { selecting } = await currentCatalogue();
  const rules = selecting.map(({ rule }) => ({ detectionId: rule.id, variant: rule.variant }));
  const { findings, ...rest } = (await stateOf()) as { findings: { state: string }[] };
  const [selections, coverage] = await Promise.all([
    db.selection.findMany({
      where: { OR: rules },
      orderBy: [{ detectionId: 'asc' }, { variant: 'asc' }, { eventId: 'asc' }, { mode: 'asc' }],
    }),
    db.coverage.findMany({ where: { OR: rules }, include: { host: true, evidence: true } }),
  ]);
  return {
    ...rest,
    findings: findings.filter(({ state }) => state === 'active'),
    selections,
    coverage: coverage
      .map((row) => [
        row.evidence.name,
        row.host.name,
        row.detectionId,
        row.variant,
        row.relevantCount,
        row.selectedCount,
        String(row.firstTicks),
        String(row.lastTicks),
      ])
      .sort(),
  };
}

async function afresh(change: () => Promise<unknown>): Promise<unknown> {
  await change();
  await addAndRead(POWERSHELL);
  await addAndRead(REGISTRY);
  const state = await counting();
  await empty();
  await forgetCatalogue();
  return state;
}

async function readBoth(): Promise<void> {
  await addAndRead(POWERSHELL);
  await addAndRead(REGISTRY);
}

describe('stored evidence', () => {
  it('gives after an import what it gives when the import came first', async () => {
    const expected = await afresh(() => importText(publishedYaml(REGISTRY_SEARCH)));
    await readBoth();
    await importText(publishedYaml(REGISTRY_SEARCH));
    expect(await db.finding.count({ where: { detectionId: IMPORTED_ID } })).toBe(0);
    await readAgain();
    expect(await db.finding.count({ where: { detectionId: IMPORTED_ID } })).toBeGreaterThan(0);
    expect(await counting()).toEqual(expected);
  });

  it.each([REGISTRY_ID, SCRIPT_ID])(
    'gives after a switch of %s what it gives when the switch came first',
    async (id) => {
      const expected = await afresh(() => changeDetection(ANALYST, id, { variant: '2026' }));
      await readBoth();
      await changeDetection(ANALYST, id, { variant: '2026' });
      await readAgain();
      expect(await counting()).toEqual(expected);
    },
  );

  it('gives after enabling what it gives when it was always enabled, also for what came meanwhile', async () => {
    const expected = await afresh(async () => undefined);
    await addAndRead(REGISTRY);
    await changeDetection(ANALYST, SCRIPT_ID, { isEnabled: false });
    await addAndRead(POWERSHELL, evidenceFile(POWERSHELL));
    expect(await db.finding.count({ where: { detectionId: SCRIPT_ID, state: 'active' } })).toBe(0);
    await changeDetection(ANALYST, SCRIPT_ID, { isEnabled: true });
    await readAgain();
    expect(await counting()).toEqual(expected);
  });

  it('is read again only where a rule is lacking, and says how far', async () => {
    await readBoth();
    expect(await reprocessProgress(ANALYST)).toBeNull();
    await changeDetection(ANALYST, SCRIPT_ID, { variant: '2026' });
    expect(await reprocessProgress(ANALYST)).toBeNull();
    await importText(publishedYaml(REGISTRY_SEARCH));
    expect(await reprocessProgress(ANALYST)).toMatchObject({ fileTotal: 2, fileDone: 0, byteDone: 0 });
    await readAgain();
    const progress = await reprocessProgress(ANALYST);
    expect(progress).toMatchObject({ fileTotal: 2, fileDone: 2, isDone: true, failures: [] });
    expect(progress?.byteDone).toBe(progress?.byteTotal);
  });

  it('is read again when a macro that a detection calls changes, and the detection can run when it comes', async () => {
    const search = '`my_registry` EventCode=13 | stats count by dest Image';
    const macro = (definition: string) =>
      importDetections(
        ANALYST,
        [{ name: 'macros.conf', text: `[my_registry]\ndefinition = ${definition}\n` }],
        { isEnabling: true },
      );
    const wide = 'source="XmlWinEventLog:Microsoft-Windows-Sysmon/Operational"';
    const expected = await afresh(async () => {
      await macro(wide);
      await importText(publishedYaml(search));
    });
    await readBoth();
    const { items } = await importText(publishedYaml(search));
    expect(items[0]).toMatchObject({ status: 'cannot-run', isEnabled: true });
    expect(items[0]?.problem?.message).toContain('my_registry');
    await macro(`${wide} Image=nothing`);
    await readAgain();
    expect(await db.finding.count({ where: { detectionId: IMPORTED_ID, state: 'active' } })).toBe(0);
    await macro(wide);
    await readAgain();
    expect(await counting()).toEqual(expected);
  });

  it('is left alone by a worker that lost its lease', async () => {
    await readBoth();
    await importText(publishedYaml(REGISTRY_SEARCH));
    const [{ evidenceId } = { evidenceId: '' }] = await db.reprocess.findMany();
    // Others take it while the first is at work; whoever took it last finishes it, and the others write nothing.
    await Promise.all([readAgain(), readAgain(), readAgain()]);
    const row = await db.reprocess.findUniqueOrThrow({ where: { evidenceId } });
    expect(row.finishedAt).not.toBeNull();
    const coverage = await db.coverage.findMany({ where: { detectionId: IMPORTED_ID } });
    const once = await afresh(() => importText(publishedYaml(REGISTRY_SEARCH)));
    expect(coverage.map((one) => one.selectedCount)).toEqual(
      (once as { coverage: unknown[][] }).coverage
        .filter((one) => one[2] === IMPORTED_ID)
        .map((one) => one[5]),
    );
  });

  it('says why a file was given up, and lets the detection count for the others', async () => {
    const id = await addAndRead(REGISTRY);
    await importText(publishedYaml(REGISTRY_SEARCH));
    await db.reprocess.update({ where: { evidenceId: id }, data: { attempts: 6 } });
    await readAgain();
    const progress = await reprocessProgress(ANALYST);
    expect(progress).toMatchObject({ isDone: true, failures: [{ evidenceId: id, name: REGISTRY }] });
    const { entries } = await currentCatalogue();
    const entry = entries.find((one) => one.id === IMPORTED_ID);
    expect(entry?.active).toBe(entry?.wanted);
  });
});

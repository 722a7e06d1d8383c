import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { ALERT_FILES, HOST } from '#lib/evidence/alerts/testing/samples.ts';
import { expectAccessible } from './support/axe.ts';
import { chooseFiles, signIn, watchErrors } from './support/session.ts';

const EVTX = path.join(import.meta.dirname, 'evidence', 'powershell-win32-scheduledjob.evtx');
const ALERTS = 'hayabusa.jsonl';

test('alerts of another tool are notes on the timeline, never findings', async ({ page }, info) => {
  const errors = watchErrors(page);
  const file = info.outputPath(ALERTS);
  writeFileSync(file, ALERT_FILES['hayabusa json-timeline, jsonl']);
  await signIn(page);
  await page.goto('/evidence');
  await chooseFiles(page, [EVTX, file]);
  const files = page.getByRole('region', { name: 'Files' });
  await expect(files.getByText('Read: alerts, not events')).toBeVisible({ timeout: 30_000 });
  await expect(files.getByText('Read', { exact: true })).toBeVisible({ timeout: 30_000 });

  await test.step('the file says what it is and what to do', async () => {
    await files.getByRole('link', { name: ALERTS }).click();
    await expect(page.getByRole('note')).toContainText('These are alerts of Hayabusa, not events');
    await expect(page.getByText('3 records = 0 events + 3 alerts + 0 bad + 0 seen already')).toBeVisible();
    await expect(page.getByText('Blind')).toHaveCount(0);
    await expectAccessible(page);
    await page.getByRole('list', { name: 'Hosts with alerts' }).getByRole('link', { name: HOST }).click();
  });

  await test.step('the host shows them in a lane, by level, with the event that they are about', async () => {
    const alerts = page.getByRole('region', { name: 'Alerts of other tools' });
    await expect(alerts.getByRole('listitem')).toHaveCount(2);
    await expect(
      page.getByRole('region', { name: 'Timeline', exact: true }).getByText('Alerts', { exact: true }),
    ).toBeVisible();
    await alerts.getByLabel('Level').selectOption('critical');
    await expect(alerts.getByRole('listitem')).toHaveCount(1);
    await expect(alerts.getByText('2024-03-05 09:14:02.1250000')).toBeVisible();
    await expect(alerts.getByRole('link', { name: 'T1053.002' })).toBeVisible();
    await expectAccessible(page);
    await alerts.getByRole('button', { name: /^Show event PowerShell 4104/ }).click();
    const event = page.getByRole('region', { name: 'Events in view' }).locator('[data-state=selected]');
    await expect(event).toContainText('2024-03-05 09:14:02.1254367');
    await expect(event).toBeInViewport();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  });

  await test.step('they go with their file', async () => {
    for (const name of [ALERTS, path.basename(EVTX)]) {
      await page.goto('/evidence');
      await files.getByRole('link', { name }).click();
      await page.getByRole('button', { name: 'Delete…' }).click();
      const dialog = page.getByRole('dialog');
      if (name === ALERTS) await expect(dialog).toContainText('3 alerts of other tools will go.');
      await dialog.getByRole('button', { name: 'Delete the file' }).click();
      await expect(page).toHaveURL(/\/evidence$/);
    }
    await expect(page.getByText('No evidence yet')).toBeVisible();
  });
  expect(errors).toEqual([]);
});

import path from 'node:path';
import { expect, test } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { chooseFiles, signIn, watchErrors } from './support/session.ts';

const EVIDENCE = path.join(import.meta.dirname, 'evidence');
const HOST = 'win10-02.offsec.lan';
const FIRST_TIMES = [
  '2024-03-05 09:10:11.3000123',
  '2024-03-05 09:14:02.1254367',
  '2024-03-05 09:15:40.5000001',
  '2024-03-05 09:16:00.0000013',
];

/** The main job as one user does it: set up, upload, understand the chain on one host, close a false positive. */
test('from an empty instance to a closed finding', async ({ page }) => {
  const errors = watchErrors(page);
  await signIn(page);

  await test.step('both files are uploaded and read', async () => {
    await page.goto('/evidence');
    await chooseFiles(
      page,
      ['powershell-win32-scheduledjob.evtx', 'sysmon-enableat.evtx'].map((name) => path.join(EVIDENCE, name)),
    );
    const files = page.getByRole('region', { name: 'Files' });
    await expect(files.getByText('Read', { exact: true })).toHaveCount(2, { timeout: 30_000 });
    await expect(files.getByRole('row', { name: /powershell/ })).toContainText('37');
    await expectAccessible(page);
  });

  await test.step('four strict findings are listed, to the last digit of their times', async () => {
    await page.goto('/findings?mode=strict&sort=first&direction=asc');
    for (const time of FIRST_TIMES) await expect(page.getByText(time.slice(0, 19)).first()).toBeVisible();
    await expect(
      page.getByText('EnableAt set to 1 at 09:10:11, then to 0 at 09:41:00 on win10-02').first(),
    ).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('the host has risk 145, its window, both techniques and the chain', async () => {
    await page.goto(`/hosts/${HOST}`);
    await expect(page.getByRole('heading', { name: HOST })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Risk 145' })).toBeVisible();
    await expect(page.getByText('The highest sum within 24 hours')).toContainText('2024-03-05 09:10:11');
    await expect(page.getByText('The at interface was switched on, then used')).toBeVisible();
    const timeline = page.getByRole('region', { name: 'Events in view' });
    for (const time of FIRST_TIMES) await expect(timeline.getByText(time)).toBeVisible();
    await expectAccessible(page);
    await page.goto('/attack');
    // PowerShell under one tactic, the scheduled task under three.
    await expect(page.getByRole('link', { name: /^[1-9]\d* findings?$/ })).toHaveCount(4);
    await expectAccessible(page);
  });

  await test.step('one finding says why it fired; closed as false positive it takes its risk away', async () => {
    await page.goto('/findings?mode=strict&sort=first&direction=asc');
    await page
      .getByRole('link', { name: /listed jobs through Win32_ScheduledJob/ })
      .first()
      .click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText(
      'listed jobs through Win32_ScheduledJob',
    );
    await expect(page.locator('mark', { hasText: 'Win32_ScheduledJob' }).first()).toBeVisible();
    await expect(page.getByText(FIRST_TIMES[1] ?? '').first()).toBeVisible();
    await expectAccessible(page);
    await page
      .getByRole('button', { name: /^Close/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('False positive').click();
    await dialog.getByLabel(/Reason/).fill('Inventory job of the help desk, ticket 4711');
    await dialog
      .getByRole('button', { name: /^Close/ })
      .last()
      .click();
    await expect(page.getByText('False positive').first()).toBeVisible();
    await page.goto(`/hosts/${HOST}`);
    await expect(page.getByRole('heading', { name: 'Risk 105' })).toBeVisible();
  });

  await test.step('reopened, it brings its risk back', async () => {
    await page.goto('/findings?mode=strict&sort=first&direction=asc');
    await page
      .getByRole('link', { name: /listed jobs through Win32_ScheduledJob/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Reopen' }).click();
    await expect(page.getByRole('button', { name: /^Close…/ })).toBeVisible();
    await page.goto(`/hosts/${HOST}`);
    await expect(page.getByRole('heading', { name: 'Risk 145' })).toBeVisible();
  });
  expect(errors).toEqual([]);
});

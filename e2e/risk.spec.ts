import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { signIn, watchErrors } from './support/session.ts';

const FILES = ['powershell-win32-scheduledjob.evtx', 'sysmon-enableat.evtx'].map(
  (name) => `${import.meta.dirname}/evidence/${name}`,
);
const HOST = 'win10-02.offsec.lan';
const OBJECT = `/risk/objects/system/${HOST}`;
const ASSETS = 'nt_host,priority,category\nwin10-02,critical,pci|lab\n,low,\n';

async function addEvidence(page: Page): Promise<void> {
  await page.goto('/risk');
  const file = (path: string) => ({
    name: basename(path),
    mimeType: 'application/octet-stream',
    buffer: readFileSync(path),
  });
  for (const path of FILES) {
    const response = await page.request.post('/api/v1/evidence', {
      multipart: { file: file(path) },
      headers: { origin: new URL(page.url()).origin },
    });
    expect(response.status()).toBe(202);
  }
  await expect(async () => {
    await page.goto(OBJECT);
    await expect(page.getByRole('row', { name: /highest sum/ })).toContainText('145', { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
}

test('risk explains itself, from the list to the parts of a sum, by keyboard', async ({ page }) => {
  const errors = watchErrors(page);
  await signIn(page);
  await addEvidence(page);
  await page.goto('/risk');
  await expect(page.getByRole('region', { name: 'Risk objects' })).toContainText(HOST);
  await expect(async () => {
    await page.keyboard.press('j');
    await expect(page.locator('[data-row-link]').first()).toBeFocused({ timeout: 500 });
  }).toPass();
  await page.getByRole('region', { name: 'Risk objects' }).getByRole('link', { name: HOST }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: HOST })).toBeVisible();
  const confidence = page.getByLabel(/^Confidence of .*WMI/);
  await confidence.fill('10');
  await page.getByRole('button', { name: 'Show what changes' }).click();
  await expect(page.getByText(/No longer: I-\d+/)).toBeVisible();
  await expect(page.getByText('Nothing was changed.')).toBeVisible();
  expect(errors).toEqual([]);
});

test('an incident is told, triaged and reopened, and says what happened to it', async ({ page }) => {
  await signIn(page);
  await addEvidence(page);
  await page.goto('/incidents?object=system&state=active');
  await page.getByRole('link', { name: /Risk of win10-02 reached 145/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('reached 145 within 24 hours');
  await expect(async () => {
    await page.keyboard.press('e');
    await expect(page.getByRole('dialog', { name: /Close I-/ })).toBeVisible({ timeout: 500 });
  }).toPass();
  await page.getByRole('radio', { name: 'True positive' }).check();
  await page.getByLabel('Reason').fill('Handed over to the response team.');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Close I-/ })
    .click();
  await expect(page.getByText(/set the status from new to closed/)).toBeVisible();
  await page.getByRole('button', { name: 'Reopen' }).click();
  await expect(page.getByText(/set the status from closed to in progress/)).toBeVisible();
});

test('factors, lists and the cap change risk at once and can be taken back', async ({ page }) => {
  await signIn(page);
  await addEvidence(page);
  await page.goto('/risk/settings');
  await page.getByLabel('Choose a list of assets').setInputFiles({
    name: 'assets.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(ASSETS),
  });
  await expect(page.getByText('Line 3:')).toBeVisible();
  await page.getByRole('button', { name: 'New risk factor' }).click();
  await page.getByLabel('Name', { exact: true }).fill('critical assets');
  await page.getByLabel('Condition').fill('prority="critical"');
  await page.getByRole('button', { name: 'Preview', exact: true }).click();
  await expect(page.getByText('Did you mean "priority"?')).toBeVisible();
  await page.getByLabel('Condition').fill('priority="critical"');
  await page.getByRole('button', { name: 'Preview', exact: true }).click();
  await expect(page.getByRole('row', { name: new RegExp(HOST) })).toContainText('217.5');
  await page.getByLabel('Reason').fill('They matter most.');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('× 1.5').first()).toBeVisible();
  await page.goto(OBJECT);
  await expect(page.getByRole('row', { name: /highest sum/ })).toContainText('217.5');
  await page.goto('/risk/settings');
  await page.getByRole('button', { name: 'Remove' }).first().click();
  await expect(page.getByText('removed', { exact: true }).first()).toBeVisible();
  await page.goto(OBJECT);
  await expect(page.getByRole('row', { name: /highest sum/ })).toContainText('145');
});

test('screens of risk are accessible, light and dark, and fit a phone', async ({ page }) => {
  await signIn(page);
  await addEvidence(page);
  await page.goto('/incidents?object=system');
  const incident = await page.getByRole('link', { name: /Risk of win10-02/ }).getAttribute('href');
  const pages = ['/risk', '/incidents', '/risk/settings', OBJECT, incident ?? ''];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const address of pages) {
      await page.goto(address);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectAccessible(page);
    }
  }
  await page.setViewportSize({ width: 390, height: 844 });
  for (const address of pages) {
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const surplus = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(surplus, `${address} is wider than the phone`).toBeLessThanOrEqual(0);
  }
});

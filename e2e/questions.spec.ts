import { writeFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { chooseFiles, signIn, watchErrors } from './support/session.ts';

const SCRIPT = '[wmiclass]""Win32_ScheduledJob""';
/** As Get-WinEvent | Export-Csv writes a script block, in the local time of the host. */
const localCsv = (host: string): string =>
  'Message,Id,Version,RecordId,ProviderName,LogName,MachineName,UserId,TimeCreated\r\n' +
  `"Creating Scriptblock text (1 of 1):\r\n${SCRIPT}\r\n\r\nScriptBlock ID: 1\r\nPath: ",4104,1,7,Microsoft-Windows-PowerShell,` +
  `Microsoft-Windows-PowerShell/Operational,${host},S-1-5-18,3/5/2024 9:14:02 AM\r\n`;
/** Columns of no log that is known. */
const oddCsv = (host: string): string =>
  `When,Machine,Actor,What was run,Reg Key\n1709630042125,${host},S-1-5-18,"${SCRIPT}",\n` +
  `1709630043125,${host},CORP\\jo,,HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\Configuration\\EnableAt\n`;

const row = (page: Page, name: string) =>
  page.getByRole('region', { name: 'Files' }).getByRole('row', { name: new RegExp(name) });

async function upload(page: Page, name: string, content: string): Promise<void> {
  const file = test.info().outputPath(name);
  writeFileSync(file, content);
  await chooseFiles(page, [file]);
}

test('a file without a time zone asks for it, then gives findings; the next is said with the upload', async ({
  page,
}) => {
  const errors = watchErrors(page);
  await signIn(page);
  await page.goto('/evidence');
  await upload(page, 'local.csv', localCsv('zone.corp.example'));
  await row(page, 'local.csv').getByRole('link', { name: 'Asks for the time zone' }).click();
  await expect(
    page.getByRole('heading', { name: 'In which time zone were these times written?' }),
  ).toBeVisible();
  await page.getByLabel('Zone', { exact: true }).fill('Asia/Tokyo');
  await expect(page.getByRole('cell', { name: '2024-03-05 00:14:02.0000000' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Read it in this zone' }).press('Enter');
  await expect(page.getByText('Asia/Tokyo, for times that name none')).toBeVisible();
  await expect(page.getByText('1 finding rest on this file')).toBeVisible({ timeout: 30_000 });

  await test.step('said otherwise later, it is read again', async () => {
    await page.getByRole('link', { name: 'Change' }).click();
    await page.getByLabel('Zone', { exact: true }).fill('UTC');
    await page.getByRole('button', { name: 'Read it again in this zone' }).click();
    await expect(page.getByText('UTC, for times that name none')).toBeVisible();
    await expect(page.getByText('2024-03-05 09:14:02.0000000').first()).toBeVisible({ timeout: 30_000 });
  });

  await test.step('a zone that is named with the upload is kept for the next, and nothing is asked', async () => {
    await page.goto('/evidence');
    await page.getByLabel('Times without a zone are in').fill('Europe/Berlin');
    await upload(page, 'said.csv', localCsv('said.corp.example'));
    await expect(row(page, 'said.csv').getByText('Read', { exact: true })).toBeVisible({ timeout: 30_000 });
    await page.reload();
    await expect(page.getByLabel('Times without a zone are in')).toHaveValue('Europe/Berlin');
    await page.getByLabel('Times without a zone are in').fill('');
  });
  expect(errors).toEqual([]);
});

test('odd columns are mapped once; the next such file asks nothing', async ({ page }) => {
  const errors = watchErrors(page);
  await signIn(page);
  await page.goto('/evidence');
  await upload(page, 'odd.csv', oddCsv('odd.corp.example'));
  await row(page, 'odd.csv').getByRole('link', { name: 'Asks what its columns are' }).click();
  await expect(page.getByRole('heading', { name: 'What are the columns of this file?' })).toBeVisible();

  await test.step('columns are proposed, and the first events follow what is chosen', async () => {
    await expect(page.getByLabel('What When is')).toHaveValue('time');
    await expect(page.getByLabel('Times are written as')).toHaveValue('epoch-ms');
    await expect(page.getByLabel('What Machine is')).toHaveValue('host');
    await expect(page.getByLabel('What Reg Key is')).toHaveValue('registryPath');
    const events = page.getByRole('region', { name: 'First events as they would be read' });
    await expect(events.getByText('2024-03-05 09:14:02.1250000')).toBeVisible();
    const before = await events.getByRole('status').textContent();
    await page.getByLabel('What What was run is').selectOption('Script text');
    await expect(events.getByRole('status')).not.toHaveText(before ?? '');
    await expect(events.getByRole('status')).toContainText('Windows PowerShell WMI Win32 ScheduledJob');
    await expectAccessible(page);
  });

  await page.getByRole('button', { name: 'Read it so' }).press('Enter');
  await expect(page.getByText('2 findings rest on this file')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/mapped: Time: When, Host: Machine/)).toBeVisible();

  await page.goto('/evidence');
  await upload(page, 'odd-again.csv', oddCsv('again.corp.example'));
  await expect(row(page, 'odd-again.csv').getByText('Read', { exact: true })).toBeVisible({
    timeout: 30_000,
  });

  await test.step('what is remembered is listed, exported and forgotten', async () => {
    await page.getByRole('link', { name: 'Mappings' }).click();
    const mapping = page
      .getByRole('region', { name: 'Mappings' })
      .getByRole('row', { name: /When, Machine/ });
    await expect(mapping).toContainText('Script text: What was run');
    await expectAccessible(page);
    const exported = page.waitForEvent('download');
    await mapping.getByRole('link', { name: 'Export' }).click();
    expect((await exported).suggestedFilename()).toBe('mapping.json');
    await mapping.getByRole('button', { name: 'Forget' }).click();
    await expect(page.getByText('No mapping yet')).toBeVisible();
  });
  expect(errors).toEqual([]);
});

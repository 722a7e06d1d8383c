import { copyFileSync, writeFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { signIn } from './support/session.ts';

const EVENT = (time: string, data: string): string =>
  `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-PowerShell'/><EventID>4104</EventID><TimeCreated SystemTime='${time}'/><EventRecordID>1</EventRecordID><Channel>Microsoft-Windows-PowerShell/Operational</Channel><Computer>upload.corp.example</Computer></System><EventData>${data}</EventData></Event>`;

/** Makes Windows Event XML of about this size with one event at its end, and perhaps another at its beginning. */
function writeEvidence(name: string, sizeBytes: number, beginning = ''): string {
  const end = EVENT('2024-05-07T09:52:30.1234567Z', "<Data Name='ScriptBlockText'>Get-Date</Data>");
  const filler = `<!-- ${name} -->\n`.padStart(1_024).repeat(sizeBytes / 1_024);
  const file = test.info().outputPath(name);
  writeFileSync(file, `<Events>${beginning}${filler}${end}</Events>`);
  return file;
}

const uploads = (page: Page) => page.getByRole('region', { name: 'Uploads' });
const row = (page: Page, name: string) =>
  page.getByRole('region', { name: 'Files' }).getByRole('row', { name: new RegExp(name) });

async function choose(page: Page, file: string, button = 'Choose files'): Promise<void> {
  await expect(async () => {
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser', { timeout: 2_000 }),
      page.getByRole('button', { name: button }).click(),
    ]);
    await chooser.setFiles(file);
  }).toPass();
}

async function limitUpload(page: Page, bytesPerSecond: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  });
}

test('an upload goes on by itself after a lost connection and ends as evidence that is read', async ({
  page,
}) => {
  await signIn(page);
  await page.goto('/evidence');
  let lost = 0;
  await page.route('**/api/v1/uploads/*', async (route) => {
    if (route.request().method() !== 'PATCH' || lost > 0) return route.continue();
    lost += 1;
    return route.abort('connectionreset');
  });
  await choose(page, writeEvidence('lost-line.xml', 6 * 1024 * 1024));
  await expect(row(page, 'lost-line.xml').getByText('Read', { exact: true })).toBeVisible({
    timeout: 60_000,
  });
  expect(lost).toBe(1);
  await expect(uploads(page)).toHaveCount(0);
});

test('an upload is paused, outlives a reload of the page and sends only the rest', async ({ page }) => {
  const file = writeEvidence('outlives.xml', 24 * 1024 * 1024);
  await signIn(page);
  await page.goto('/evidence');
  await limitUpload(page, 2_000_000);
  await choose(page, file);

  await test.step('it says how far it is, and stops and goes on as told', async () => {
    await expect(uploads(page)).toContainText(
      /[1-9][\d.]* MB of 25\.\d MB sent · [\d.]+ [kM]B\/s · \d+ s left/,
    );
    await uploads(page).getByRole('button', { name: 'Pause' }).press('Enter');
    await expect(uploads(page)).toContainText('Paused');
    await expectAccessible(page);
    await uploads(page).getByRole('button', { name: 'Continue' }).press('Enter');
    await expect(uploads(page)).toContainText(/MB\/s/);
  });

  await test.step('after the reload the page knows what is kept, and goes on with the same file', async () => {
    await page.reload();
    await expect(uploads(page)).toContainText(/Interrupted; [1-9][\d.]* MB of 25\.\d MB is kept/);
    await expectAccessible(page);
    await limitUpload(page, -1);
    const resumed = page.waitForRequest((request) => request.method() === 'PATCH');
    await choose(page, file, 'Choose the file again');
    expect(Number((await resumed).headers()['upload-offset'])).toBeGreaterThan(1_000_000);
    await expect(row(page, 'outlives.xml').getByText('Read', { exact: true })).toBeVisible({
      timeout: 60_000,
    });
    await expect(uploads(page)).toHaveCount(0);
  });

  await test.step('the same bytes under another name are recognised before they are sent', async () => {
    let sent = 0;
    page.on('request', (request) => {
      if (request.url().includes('/api/v1/uploads') && request.method() !== 'GET') sent += 1;
    });
    const again = test.info().outputPath('again.xml');
    copyFileSync(file, again);
    await choose(page, again);
    await expect(uploads(page)).toContainText('The same file was here already; nothing was added.', {
      timeout: 30_000,
    });
    expect(sent).toBe(0);
    await uploads(page).getByRole('button', { name: 'Dismiss' }).click();
    await expect(uploads(page)).toHaveCount(0);
  });

  await test.step('one that is cancelled leaves nothing to continue', async () => {
    await limitUpload(page, 2_000_000);
    await choose(page, writeEvidence('cancelled.xml', 16 * 1024 * 1024));
    await expect(uploads(page)).toContainText(/[1-9][\d.]* MB of/);
    const removed = page.waitForResponse((response) => response.request().method() === 'DELETE');
    await uploads(page).getByRole('button', { name: 'Cancel' }).click();
    expect((await removed).status()).toBe(204);
    await page.reload();
    await expect(page.getByRole('button', { name: 'Choose files' })).toBeVisible();
    expect(await (await page.request.get('/api/v1/uploads')).json()).toEqual({ items: [] });
    await expect(uploads(page)).toHaveCount(0);
  });
});

test('a finding is in the queue before the last byte of its file has come', async ({ page }) => {
  const values = {
    MessageNumber: '1',
    MessageTotal: '1',
    ScriptBlockText: 'Invoke-WmiMethod -Class Win32_ScheduledJob -Name Create -ArgumentList "early.exe"',
    ScriptBlockId: '1a2b3c4d-0000-4000-8000-000000000001',
    Path: 'C:\\early.ps1',
  };
  const data = Object.entries(values).map(([name, value]) => `<Data Name='${name}'>${value}</Data>`);
  const event = EVENT('2024-05-07T09:50:00.1234567Z', data.join('')).replace(
    '<EventID>',
    "<Opcode>15</Opcode><Security UserID='S-1-5-18'/><EventID>",
  );
  const file = writeEvidence('arrives.xml', 32 * 1024 * 1024, event);
  await signIn(page);
  await page.goto('/evidence');
  await limitUpload(page, 1_500_000);
  await choose(page, file);

  await test.step('the list tells how much is here and what was read and found in it', async () => {
    const arriving = row(page, 'arrives.xml');
    await expect(arriving).toContainText(/Arriving: [\d.]+ MB of 33\.\d MB/);
    await expect(arriving).toContainText('1 record read, 1 finding so far', { timeout: 30_000 });
    await expectAccessible(page);
  });

  await test.step('the finding is in the queue while the upload is paused', async () => {
    await uploads(page).getByRole('button', { name: 'Pause' }).click();
    await expect(uploads(page)).toContainText('Paused');
    await page.getByRole('link', { name: 'Findings', exact: true }).first().click();
    await expect(page.getByRole('row', { name: /upload\.corp\.example/ }).first()).toBeVisible();
    await page.getByRole('link', { name: 'Files', exact: true }).first().click();
  });

  await test.step('the page of the file says what is known when it is whole', async () => {
    await row(page, 'arrives.xml').getByRole('link', { name: 'arrives.xml' }).click();
    await expect(page.getByText('known when the whole file is here')).toBeVisible();
    await expect(page.getByText('Told when the whole file is here')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Download' })).toHaveCount(0);
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Files', exact: true }).first().click();
  });

  await test.step('it goes on and ends as a file that is read', async () => {
    await limitUpload(page, -1);
    await uploads(page).getByRole('button', { name: 'Continue' }).click();
    await expect(row(page, 'arrives.xml').getByText('Read', { exact: true })).toBeVisible({
      timeout: 60_000,
    });
    await expect(row(page, 'arrives.xml').getByRole('cell', { name: '2', exact: true })).toBeVisible();
  });
});

import { expect, test } from '@playwright/test';
import { startTestServer } from '../lib/sources/testing/server.ts';
import { expectAccessible } from './support/axe.ts';
import { signIn, watchErrors } from './support/session.ts';

test('a webhook is added, tested, told of a finding by the worker, paused and removed', async ({ page }) => {
  const errors = watchErrors(page);
  const receiver = await startTestServer(({ response }) => void response.end('<b>taken</b>'));
  await signIn(page);
  await page.goto('/system');
  await page.getByRole('link', { name: 'Channels' }).click();
  await page.getByRole('link', { name: 'Add a channel' }).click();
  await page.getByRole('link', { name: /^Webhook/ }).click();
  await expectAccessible(page);
  await page.getByLabel('Name').fill('Night watch');
  await page.getByLabel('Address', { exact: true }).fill(receiver.url);
  await page.getByLabel('Title').fill('$hots$');
  await page.getByLabel('New findings from this severity on').selectOption('info');
  await page.getByRole('button', { name: 'Add the channel' }).click();
  await expect(page.getByRole('alert').filter({ hasText: '$hots$ is no placeholder' })).toBeVisible();
  await page.getByLabel('Title').fill('$event$ on $host$');
  await page.getByRole('button', { name: 'Add the channel' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'signing key' })).toBeVisible();
  await page.getByLabel('Signing key').fill('a signing key of tests');
  await page.getByRole('button', { name: 'Add the channel' }).click();
  await expect(page.getByRole('heading', { name: 'Night watch' })).toBeVisible();

  await page.getByRole('button', { name: 'Send a test' }).click();
  await expect(page.getByText('The test was sent. HTTP 200: <b>taken</b>')).toBeVisible();
  receiver.faults.push({ kind: 'status', status: 503, times: 1 });
  await page.getByRole('button', { name: 'Send a test' }).click();
  await expect(page.getByText(/did not get through.*HTTP 503/)).toBeVisible();

  const upload = await page.request.post('/api/v1/evidence', {
    multipart: { file: { name: 'told.xml', mimeType: 'application/xml', buffer: Buffer.from(SCRIPT_XML) } },
    headers: { origin: new URL(page.url()).origin },
  });
  expect(upload.status()).toBe(202);
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole('row', { name: /sent.*told-host/ }).first()).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  expect(receiver.requests.some(({ body }) => body.includes('New finding on told-host'))).toBe(true);

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  const surplus = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(surplus).toBeLessThanOrEqual(0);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText('Paused: what happens now')).toBeVisible();
  await page.getByRole('button', { name: 'Remove…' }).click();
  await page.getByRole('button', { name: 'Remove the channel' }).click();
  await expect(page.getByText('No channels yet')).toBeVisible();
  await receiver.close();
  // The answer 503 is the receiver's, not a page's.
  expect(errors).toEqual([]);
});

const SCRIPT_XML = `<Events><Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-PowerShell'/><EventID>4104</EventID><TimeCreated SystemTime='2024-05-01T10:00:00.1234567Z'/><EventRecordID>71</EventRecordID><Channel>Microsoft-Windows-PowerShell/Operational</Channel><Computer>told-host</Computer><Security UserID='S-1-5-18'/></System><EventData><Data Name='ScriptBlockText'>Get-WmiObject Win32_ScheduledJob</Data></EventData></Event></Events>`;

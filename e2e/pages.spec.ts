import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { signIn, watchErrors } from './support/session.ts';

const HOSTILE_HOST = '<img src=x onerror=alert(1)>';
const HOSTILE_SCRIPT = '<script>alert(2)</script> Win32_ScheduledJob \u001b[31m \u202E reversed';
const PAGES = [
  'overview',
  'findings',
  'hosts',
  'attack',
  'evidence',
  'detections',
  'system',
  'system/notifications',
  'account',
];

const xmlText = (text: string): string =>
  [...text].map((character) => `&#${character.codePointAt(0)};`).join('');

/** One script block event of a host and with a text that an attacker chose. */
const HOSTILE_XML = `<Events><Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-PowerShell'/><EventID>4104</EventID><TimeCreated SystemTime='2024-04-01T10:00:00.1234567Z'/><EventRecordID>7</EventRecordID><Channel>Microsoft-Windows-PowerShell/Operational</Channel><Computer>${xmlText(HOSTILE_HOST)}</Computer><Security UserID='S-1-5-18'/></System><EventData><Data Name='ScriptBlockText'>${xmlText(HOSTILE_SCRIPT)}</Data></EventData></Event></Events>`;

async function upload(page: Page, name: string, content: string): Promise<void> {
  const response = await page.request.post('/api/v1/evidence', {
    multipart: { file: { name, mimeType: 'application/xml', buffer: Buffer.from(content) } },
    headers: { origin: new URL(page.url()).origin },
  });
  expect(response.status()).toBe(202);
}

test('text from evidence stays text on every page', async ({ page }) => {
  const errors = watchErrors(page);
  page.on('dialog', () => errors.push('evidence ran as a script'));
  await signIn(page);
  await upload(page, '<b>hostile.xml', HOSTILE_XML);
  await page.goto('/evidence');
  await expect(page.getByText('<b>hostile.xml')).toBeVisible();
  await expect(page.getByRole('row', { name: /hostile/ }).getByText('Read', { exact: true })).toBeVisible({
    timeout: 30_000,
  });
  await page.goto('/hosts');
  await page.getByRole('link', { name: HOSTILE_HOST }).click();
  await expect(page.getByRole('heading', { name: HOSTILE_HOST })).toBeVisible();
  await page
    .getByRole('region', { name: 'Events in view' })
    .getByRole('link', { name: /F-/ })
    .first()
    .click();
  await expect(page.getByText('<script>alert(2)</script>').first()).toBeVisible();
  await expect(page.getByText('U+202E').first()).toBeVisible();
  await page.goto('/overview');
  await expect(page.getByText(HOSTILE_HOST).first()).toBeVisible();
  await expect(page.locator('img[src=x]')).toHaveCount(0);
  expect(errors).toEqual([]);
});

test('every page is accessible, light and dark, and fits a phone', async ({ page }) => {
  await signIn(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const name of PAGES) {
      await page.goto(`/${name}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectAccessible(page);
    }
  }
  await page.setViewportSize({ width: 390, height: 844 });
  for (const name of PAGES) {
    await page.goto(`/${name}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const surplus = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(surplus, `${name} is wider than the phone`).toBeLessThanOrEqual(0);
  }
});

test('keys lead through the application and times follow the zone', async ({ page }) => {
  await signIn(page);
  await page.goto('/hosts');
  await expect(async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    await expect(page).toHaveURL(/\/findings/, { timeout: 1_000 });
  }).toPass();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /Time zone: UTC/ }).click();
  await page.getByLabel('Search zones').fill('Tokyo');
  await page.getByRole('button', { name: 'Asia/Tokyo' }).click();
  await expect(page.getByRole('columnheader', { name: /First seen \(Asia/ })).toBeVisible();
  await expect(page.getByText('2024-04-01 19:00:00').first()).toBeVisible();
});

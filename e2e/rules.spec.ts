import path from 'node:path';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { chooseFiles, signIn, watchErrors } from './support/session.ts';

const EVIDENCE = path.join(import.meta.dirname, 'evidence');
const MANAGER = { name: 'Mo Manager', email: 'mo@example.org', password: 'another horse battery staple' };
const REASON = 'Inventory job of the help desk, agreed in ticket 4711';

/** A rule from a false positive, by keyboard: proposed, previewed, saved, blocked, approved, reverted, expired. */
test('a filter rule from its finding to its end', async ({ page, browser, baseURL }) => {
  test.setTimeout(300_000);
  const errors = watchErrors(page);
  await signIn(page);
  await page.goto('/evidence');
  await chooseFiles(
    page,
    ['powershell-win32-scheduledjob.evtx', 'sysmon-enableat.evtx'].map((name) => path.join(EVIDENCE, name)),
  );
  const listed = /listed jobs through Win32_ScheduledJob on win10-02/;
  const created = /created a job through Win32_ScheduledJob on win10-02/;
  const strict = '/findings?mode=strict&sort=first&direction=asc';
  await expect(async () => {
    await page.goto(strict);
    await expect(page.getByRole('link', { name: created }).first()).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
  let rule = '';

  await test.step('the narrowest rule is proposed, with what it hides', async () => {
    await page.getByRole('link', { name: listed }).first().click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('listed jobs');
    await press(page, 'f', /\/filters\/new\?findings=\d+$/);
    await expect(page.getByRole('radio', { name: /1 of 1 chosen finding, no other/ }).first()).toBeChecked();
    await expect(page.getByText(/^Hides 1 of/)).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('the text face says the same and knows the fields', async () => {
    await page.getByRole('button', { name: 'Text' }).press('Enter');
    const editor = page.getByRole('textbox', { name: /Body of the detection/ });
    await expect(editor).toContainText('NOT');
    await expectAccessible(page);
    await write(editor, 'search NOT (dset="win10-02*")');
    await expect(page.getByText(/dset/).last()).toBeVisible();
    await expect(page.getByText('The text has a mistake')).toBeVisible();
    await page
      .getByRole('radio', { name: /1 of 1 chosen finding, no other/ })
      .first()
      .press('Space');
    await expect(page.getByText(/^Hides 1 of/)).toBeVisible();
  });

  await test.step('saved by keyboard, it hides at once and is one toggle away', async () => {
    await page.getByLabel('Reason').fill(REASON);
    await page.getByLabel('Reason').press('Control+Enter');
    await expect(page).toHaveURL(/\/filters\/\d+$/);
    rule = page.url();
    await expect(page.getByText('In force').first()).toBeVisible();
    await expectAccessible(page);
    await page.goto(strict);
    await expect(page.getByRole('link', { name: listed })).toHaveCount(0);
    await page.getByRole('button', { name: /^1 hidden by filter rules/ }).press('Enter');
    await expect(page.getByRole('link', { name: listed }).first()).toBeVisible();
    await page.getByRole('link', { name: listed }).first().click();
    await expect(page.getByText(/^hidden: not in the queue, no risk/)).toBeVisible();
  });

  await test.step('what would hide a true positive needs another manager', async () => {
    await page.goto(strict);
    await page.getByRole('link', { name: created }).first().click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('created a job');
    await page
      .getByRole('button', { name: /^Close/ })
      .first()
      .press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('True positive').check();
    await dialog.getByLabel(/Reason/).fill('The attacker made this job.');
    await dialog.getByLabel(/Reason/).press('Control+Enter');
    await expect(page.getByText('True positive').first()).toBeVisible();
    await page.goto(`${rule}/edit`);
    await page.getByRole('button', { name: 'Text' }).press('Enter');
    await write(
      page.getByRole('textbox', { name: /Body of the detection/ }),
      'search NOT (dest="win10-02.offsec.lan")',
    );
    const alert = page.getByRole('alert').filter({ hasText: 'should not vanish' });
    await expect(alert).toContainText('was closed as true positive');
    await expectAccessible(page);
    await page.getByLabel('Reason').fill('The whole host is a test machine of the lab.');
    await page.getByLabel('Reason').press('Control+Enter');
    await expect(page).toHaveURL(rule);
    await expect(page.getByText(/^Version 2 waits for a manager other than/)).toBeVisible();
    await page.goto(strict);
    await expect(page.getByRole('link', { name: created }).first()).toBeVisible();
  });

  await test.step('the other manager approves, and the finding is hidden', async () => {
    await addManager(page);
    const other = await (await browser.newContext(baseURL === undefined ? {} : { baseURL })).newPage();
    await other.goto('/sign-in');
    await other.getByLabel('E-mail').fill(MANAGER.email);
    await other.getByLabel('Password').fill(MANAGER.password);
    await other.getByRole('button', { name: 'Sign in' }).click();
    await expect(other).toHaveURL(/\/overview$/);
    await other.goto(rule);
    await expect(async () => {
      await other.keyboard.press('y');
      await expect(other.getByRole('dialog')).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await other.getByLabel('Reason').fill('Confirmed with the owner of the lab.');
    await other.getByLabel('Reason').press('Control+Enter');
    await expect(other.getByText(/Approved by Mo Manager/)).toBeVisible();
    await other.close();
    await page.goto(strict);
    await expect(page.getByRole('link', { name: created })).toHaveCount(0);
  });

  await test.step('reverted, it says again what it said, and expired, it hides nothing', async () => {
    await page.goto(rule);
    await page.getByRole('button', { name: 'Revert to this' }).last().press('Enter');
    await page.getByLabel('Reason').fill('The whole host was too much after all.');
    await page.getByLabel('Reason').press('Control+Enter');
    await expect(page.getByText('back to version 1')).toBeVisible();
    await page.goto(strict);
    await expect(page.getByRole('link', { name: created }).first()).toBeVisible();
    await expect(page.getByRole('link', { name: listed })).toHaveCount(0);
    await page.goto(`${rule}/edit`);
    // Only a page that is alive keeps what is written.
    await expect(page.getByText(/^Hides 1 of/)).toBeVisible();
    await page.getByLabel(/^Expires/).fill(new Date(Date.now() + 90_000).toISOString().slice(0, 16));
    await page.getByLabel('Reason').fill('Only needed for a moment longer.');
    await page.getByLabel('Reason').press('Control+Enter');
    await expect(page).toHaveURL(rule);
    await expect(async () => {
      await page.goto(strict);
      await expect(page.getByRole('link', { name: listed }).first()).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 180_000 });
    await page.goto(rule);
    await expect(page.getByText('Expired', { exact: true }).first()).toBeVisible();
    await page.goto('/filters');
    await expectAccessible(page);
  });
  expect(errors).toEqual([]);
});

/** Tried again while the page is not yet alive. */
async function press(page: Page, key: string, url: RegExp): Promise<void> {
  await expect(async () => {
    await page.keyboard.press(key);
    await expect(page).toHaveURL(url, { timeout: 2_000 });
  }).toPass();
}

async function write(editor: Locator, text: string): Promise<void> {
  await editor.focus();
  await editor.press('ControlOrMeta+a');
  await editor.page().keyboard.insertText(text);
  await editor.press('Escape');
}

async function addManager(page: Page): Promise<void> {
  await page.goto('/system');
  const users = page.locator('section', { has: page.getByRole('heading', { name: 'Users' }) });
  if ((await users.getByText(MANAGER.email).count()) > 0) return;
  await users.getByLabel('Name', { exact: true }).fill(MANAGER.name);
  await users.getByLabel('E-mail').fill(MANAGER.email);
  await users.getByLabel('First password').fill(MANAGER.password);
  await users.getByLabel('Role', { exact: true }).selectOption('manager');
  await users.getByRole('button', { name: /Add/ }).click();
  await expect(users.getByText(MANAGER.email)).toBeVisible();
}

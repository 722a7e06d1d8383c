import { expect, test } from '@playwright/test';
import { type SplunkTestServer, startSplunkServer } from '../lib/sources/testing/splunk-server.ts';
import { splunkEvent, storyRecords } from '../lib/sources/testing/story.ts';
import { expectAccessible } from './support/axe.ts';
import { signIn, watchErrors } from './support/session.ts';

let splunk: SplunkTestServer;
test.beforeAll(async () => {
  splunk = await startSplunkServer();
  const indexTime = Math.floor(Date.now() / 1_000) - 600;
  for (const record of await storyRecords()) splunk.events.push(splunkEvent(record, indexTime));
});
test.afterAll(() => splunk.close());

/** A SIEM is added, tested, pulled, fails with a broken credential, says so, and works again when it is mended. */
test('a source from its first test to its mended credential', async ({ page }) => {
  const errors = watchErrors(page);
  await signIn(page);

  await test.step('it is added and tested', async () => {
    await page.goto('/sources/new');
    await expectAccessible(page);
    await page.getByRole('link', { name: /^Splunk/ }).click();
    await page.getByLabel('Name', { exact: true }).fill('Lab Splunk');
    await page.getByLabel('Address of the REST API').fill(splunk.url);
    await page.getByLabel('Authentication token').fill('splunk-token');
    await page.getByLabel('Pull', { exact: true }).selectOption('by hand only');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Add the source' }).click();
    await expect(page).toHaveURL(/\/sources\/[0-9a-f-]{36}$/);
    await page.getByRole('button', { name: 'Test the connection' }).click();
    const connection = page.getByRole('region', { name: 'Connection' });
    await expect(connection).toContainText('splunk-test answers: Splunk 9.4.1.');
    await expect(connection).toContainText('Signed in as jobsight.');
    await expectAccessible(page);
    // What was entered is never shown again.
    expect(await page.content()).not.toContain('splunk-token');
  });

  const pulls = page.getByRole('region', { name: 'Pulls' });
  await test.step('a pull brings findings, with the query as their origin', async () => {
    await page.getByRole('button', { name: 'Pull now' }).click();
    await expect(pulls.getByText('done')).toBeVisible({ timeout: 30_000 });
    await pulls.getByRole('link', { name: 'file 1' }).click();
    await expect(page.getByText(/Lab Splunk/).first()).toBeVisible();
    await expect(page.getByText(/enableat/).first()).toBeVisible();
    await expect(page.getByText('Read', { exact: true }).first()).toBeVisible({ timeout: 30_000 });
    await page.goto('/findings?mode=strict');
    await expect(
      page.getByText(/created a job through Win32_ScheduledJob on win10-02/).first(),
    ).toBeVisible();
  });

  await test.step('a broken credential is told, and how to mend it', async () => {
    splunk.token = 'another-token';
    await page.goto('/sources');
    await page.getByRole('link', { name: 'Lab Splunk' }).click();
    await page.getByRole('button', { name: 'Pull now' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'Pulls fail' })).toContainText(
      'does not accept the sign-in',
      { timeout: 30_000 },
    );
    await page.goto('/sources');
    await expect(page.getByRole('alert').filter({ hasText: 'Lab Splunk fails' })).toContainText(
      'Nothing is lost',
    );
    await expectAccessible(page);
  });

  await test.step('mended, it works again', async () => {
    await page.getByRole('link', { name: 'Look at it' }).click();
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByRole('button', { name: 'Enter other secrets…' }).click();
    await page.getByLabel('Authentication token').fill('another-token');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page).toHaveURL(/\/sources\/[0-9a-f-]{36}$/);
    await page.getByRole('button', { name: 'Pull now' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'Pulls fail' })).toHaveCount(0, {
      timeout: 30_000,
    });
    await expect(pulls.getByText('done')).toHaveCount(2);
  });
  expect(errors).toEqual([]);
});

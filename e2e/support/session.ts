import { expect, type Page } from '@playwright/test';

export const ADMIN = {
  name: 'Ana Admin',
  email: 'ana@example.org',
  password: 'correct horse battery staple',
};

/** The user of the tests: makes the first administrator when there is none yet, else signs in. */
export async function signIn(page: Page): Promise<void> {
  await page.goto('/sign-in');
  if (page.url().includes('/setup')) {
    await page.goto(process.env.E2E_SETUP_URL ?? '');
    await page.getByLabel('Your name').fill(ADMIN.name);
    await page.getByLabel('E-mail').fill(ADMIN.email);
    await page.getByLabel('Password').fill(ADMIN.password);
    await page.getByRole('button', { name: 'Make the first administrator' }).click();
    await expect(page).toHaveURL(/\/evidence$/);
    return;
  }
  await page.getByLabel('E-mail').fill(ADMIN.email);
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/overview$/);
}

/** Fails the test when the page logs an error, breaks its content security policy or asks for something that is not there. */
export function watchErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  return errors;
}

/** Chooses files for upload as a user does; tried again while the page is not yet alive. */
export async function chooseFiles(page: Page, files: readonly string[]): Promise<void> {
  await expect(async () => {
    const chooser = page.waitForEvent('filechooser', { timeout: 1_000 });
    await page.getByRole('button', { name: 'Choose files' }).click();
    await (await chooser).setFiles([...files]);
  }).toPass();
}

import { expect, test } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { signIn, watchErrors } from './support/session.ts';

const PUBLISHED = `
name: Any <b>Script</b> Block
id: 0a1b2c3d-0000-4000-8000-00000000e2e0
version: 1
type: Hunting
description: Every script block.
search: EventCode=4104 | stats count by Computer
tags: { mitre_attack_id: [T1059.001], impact: 10, confidence: 50 }
`;

test('detections are imported, switched and disabled on their pages', async ({ page }) => {
  const errors = watchErrors(page);
  await signIn(page);
  await page.goto('/detections');
  await page.getByText('Paste one instead').click();
  const text = page.getByLabel('Text of a detection');
  await text.fill(`${PUBLISHED.replace('e2e0', 'e2e1').replace('| stats', '| frobnicate')}`);
  await page.getByRole('button', { name: 'Import the text' }).click();
  await expect(page.getByText('^^^^^^^^^^')).toBeVisible();
  await text.fill(PUBLISHED);
  await page.getByRole('button', { name: 'Import the text' }).click();
  await expect(page.getByText(/1 detection:/)).toBeVisible();
  await expectAccessible(page);

  await page.goto('/detections?q=e2e0');
  await page.getByRole('link', { name: 'Any <b>Script</b> Block' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Any <b>Script</b> Block' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Disable' }).click();
  const dialog = page.getByRole('dialog', { name: 'Disable this detection?' });
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Disable' }).click();
  await expect(page.getByRole('button', { name: 'Enable' })).toBeVisible();

  await page.goto('/detections/47c69803-2c09-408b-b40a-063c064cbb16');
  await expect(page.getByRole('region', { name: 'Findings of both variants' })).toBeVisible();
  await page.getByRole('button', { name: 'Let 2026 count' }).click();
  await expect(page.getByRole('dialog').getByText(/carried over/)).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: 'Let 2026 count' }).click();
  await expect(page.getByRole('region', { name: 'Variant 2026' }).getByText('counts')).toBeVisible();
  await page.getByRole('button', { name: 'Let 2023 count' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Let 2023 count' }).click();
  await expect(page.getByRole('region', { name: 'Variant 2023' }).getByText('counts')).toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  const surplus = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(surplus).toBeLessThanOrEqual(0);
  expect(errors).toEqual([]);
});

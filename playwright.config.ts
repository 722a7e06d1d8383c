import { defineConfig, devices } from '@playwright/test';
import { findChromium } from './scripts/support/chromium.ts';

/** The tests share one instance, which e2e/support/instance.ts starts with a data folder of its own. */
export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/support/instance.ts',
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  outputDir: 'test-results',
  use: {
    // Set by the global set-up before workers read this file.
    baseURL: process.env.E2E_URL,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    timezoneId: 'UTC',
    locale: 'en-GB',
  },
  projects: [
    {
      name: 'chromium',
      use: {
        ...devices['Desktop Chrome'],
        viewport: { width: 1440, height: 900 },
        launchOptions: {
          executablePath: findChromium() ?? undefined,
          args: [
            // Chromium's sandbox does not run as root, which containers often are.
            ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
            '--disable-gpu',
            '--disable-quic',
            '--no-first-run',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
          ],
        },
      },
    },
  ],
});

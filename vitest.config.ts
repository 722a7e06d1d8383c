import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{app,components,lib,scripts}/**/*.test.{ts,tsx}'],
    globalSetup: ['scripts/support/test-postgres.ts'],
    setupFiles: ['lib/db/testing-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Tests of kills and waits leave a core idle for much of the time.
    maxWorkers: 2,
  },
});

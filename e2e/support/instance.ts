/**
 * Playwright's global set-up: a real instance with a temporary data folder and a free port, as `npm start` makes it.
 * Tests read its address from `baseURL` and the set-up link of the first administrator from E2E_SETUP_URL.
 */
import { rm } from 'node:fs/promises';
import { launch } from '../../scripts/support/launch.ts';

export default async function startInstance(): Promise<() => Promise<void>> {
  const instance = await launch();
  const [, setupUrl] = await instance.waitFor(/Make the first administrator: (\S+)\n/);
  process.env.E2E_URL = instance.url;
  process.env.E2E_SETUP_URL = setupUrl;
  process.env.E2E_DATA = instance.dataFolder;
  return async () => {
    instance.process.kill('SIGTERM');
    await instance.ended;
    await rm(instance.dataFolder, { recursive: true, force: true });
  };
}

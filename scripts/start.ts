/**
 * `npm start`: the supervisor of one instance. Checks, starts the database, builds what is stale, then keeps a web server
 * and a worker running until Ctrl-C or SIGTERM. Whatever can be wrong with the machine is checked before the slow parts.
 */
import { type Env, env } from '#lib/env.ts';
import { WORKER_NODE_FLAGS } from '#lib/jobs/heap.ts';
import { ensureBuild } from './support/build.ts';
import { checkPortIsFree } from './support/checks.ts';
import { type Certificate, certificateOf, startCollectorFront } from './support/collector-front.ts';
import { openDatabase } from './support/database.ts';
import { loadEnvironment } from './support/environment.ts';
import { Failure, runCommand } from './support/failure.ts';
import { ownDataFolder } from './support/instance.ts';
import { startService } from './support/service.ts';
import { startWebService } from './support/web.ts';

const say = (text: string) => void process.stdout.write(`${text}\n`);

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
// A closed terminal must not end the supervisor in the middle of its work.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stopping.abort());

await runCommand(async () => {
  const given = loadEnvironment();
  const url = `http://${addressFor(given.HOST)}:${given.PORT}`;
  const instance = await ownDataFolder(given.JOBSIGHT_DATA, url);
  const cleanups: (() => Promise<void>)[] = [() => instance.release()];
  try {
    await checkPortIsFree(given.PORT, given.HOST);
    const collector = await checkCollector(given);
    await run(given, url, instance, cleanups, collector);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
});

async function run(
  given: Env,
  url: string,
  instance: Awaited<ReturnType<typeof ownDataFolder>>,
  cleanups: (() => Promise<void>)[],
  collector: Collector | null,
): Promise<void> {
  const { signal } = stopping;
  const { databaseUrl, embedded } = await openDatabase(given);
  if (embedded !== null) cleanups.push(() => embedded.stop());
  await instance.update({ databaseUrl });
  signal.throwIfAborted();

  const buildFolder = await ensureBuild(say, signal);
  const setupToken = await firstAdministrator();
  signal.throwIfAborted();

  const recordChildren = async () => {
    const identities = [web, worker].map((service) => service.identity());
    await instance.update({ children: identities.filter((identity) => identity !== null) });
  };
  const web = startWebService({
    buildFolder,
    host: given.HOST,
    port: given.PORT,
    say,
    onStart: recordChildren,
  });
  const worker = startService({
    name: 'worker',
    args: [...WORKER_NODE_FLAGS, 'scripts/worker.ts'],
    env: { ...process.env, NODE_ENV: 'production' },
    say,
    onStart: recordChildren,
  });
  cleanups.push(async () => {
    await Promise.all([web.stop(), worker.stop()]);
  });

  await web.waitUntilReady(url, signal);
  say(`Jobsight runs at ${url}`);
  if (collector !== null) {
    const { certificate, port } = collector;
    const front = await startCollectorFront(certificate, { host: given.HOST, port }, url);
    cleanups.push(() => front.stop());
    say(`Live input with TLS at https://${addressFor(given.HOST)}:${port}/services/collector`);
  }
  if (setupToken !== null) say(`Make the first administrator: ${url}/setup?token=${setupToken}`);
  say('Ctrl-C ends it.');

  const stopped = new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
  const lost = embedded?.ended.then(() => {
    if (!signal.aborted)
      throw new Failure('The embedded PostgreSQL ended; postgres.log in the data folder says why.');
  });
  await Promise.race(lost === undefined ? [stopped] : [stopped, lost]);
  say('Stopping…');
}

type Collector = { readonly port: number; readonly certificate: Certificate };

/** Port and certificate of live input with TLS; null when it is not asked for. */
async function checkCollector(given: Env): Promise<Collector | null> {
  const port = given.JOBSIGHT_HEC_PORT;
  if (port === undefined) return null;
  await checkPortIsFree(port, given.HOST, 'JOBSIGHT_HEC_PORT');
  return { port, certificate: await certificateOf(given.JOBSIGHT_HEC_CERT, given.JOBSIGHT_DATA) };
}

/** The administrator named by the environment, or a token for the set-up screen; null when there are users. */
async function firstAdministrator(): Promise<string | null> {
  // Imported now, because it connects to the database that was just opened.
  const { createSetupTokenIfNeeded, ensureAdminFromEnvironment } = await import('#lib/auth/setup.ts');
  const { closeDatabase } = await import('#lib/db/client.ts');
  try {
    if (env().JOBSIGHT_ADMIN_EMAIL !== undefined) await ensureAdminFromEnvironment();
    return await createSetupTokenIfNeeded();
  } finally {
    await closeDatabase();
  }
}

/** How a browser on this machine reaches the server. */
function addressFor(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

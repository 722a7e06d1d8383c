/** A worker process: takes jobs of the database at DATABASE_URL until it is told to stop. The supervisor starts one. */
import { closeDatabase } from '#lib/db/client.ts';
import { runWorker } from '#lib/jobs/worker.ts';

const stopping = new AbortController();
process.on('SIGTERM', () => stopping.abort());
process.on('SIGINT', () => stopping.abort());

await runWorker(stopping.signal);
await closeDatabase();

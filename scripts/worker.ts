/** A worker process: takes jobs of the database at DATABASE_URL until it is told to stop. The supervisor starts one. */
import { keepSealing } from '#lib/collector/segments.ts';
import { closeDatabase } from '#lib/db/client.ts';
import { runWorker } from '#lib/jobs/worker.ts';

const stopping = new AbortController();
process.on('SIGTERM', () => stopping.abort());
process.on('SIGINT', () => stopping.abort());

const sealing = keepSealing(stopping.signal);
await runWorker(stopping.signal);
await sealing;
await closeDatabase();

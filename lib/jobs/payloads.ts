import { z } from 'zod';

/** Queues and what their jobs carry; shared by those who send and by the worker. Handlers are idempotent by the ids. */
export const INGEST_QUEUE = 'ingest';
/** Evidence that is read in a moment: taken many at a time, and while a large one is read. */
export const SMALL_INGEST_QUEUE = 'ingest-small';
export const SMALL_EVIDENCE_BYTES = 4 * 1024 * 1024;

export const ingestPayload = z.object({ evidenceId: z.uuid() });
export type IngestPayload = z.infer<typeof ingestPayload>;

export const REPROCESS_QUEUE = 'reprocess';

export const reprocessPayload = z.object({ evidenceId: z.uuid() });
export type ReprocessPayload = z.infer<typeof reprocessPayload>;

export const PULL_QUEUE = 'pull';

/** Runs the pulls of the source that wait. */
export const pullPayload = z.object({ sourceId: z.string() });
export type PullPayload = z.infer<typeof pullPayload>;

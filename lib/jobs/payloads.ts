import { z } from 'zod';

/** Queues and what their jobs carry; shared by those who send and by the worker. Handlers are idempotent by the ids. */
export const INGEST_QUEUE = 'ingest';

export const ingestPayload = z.object({ evidenceId: z.uuid() });
export type IngestPayload = z.infer<typeof ingestPayload>;

export const REPROCESS_QUEUE = 'reprocess';

export const reprocessPayload = z.object({ evidenceId: z.uuid() });
export type ReprocessPayload = z.infer<typeof reprocessPayload>;

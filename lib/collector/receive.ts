/**
 * The endpoints of the Splunk HTTP Event Collector. A request is acknowledged when its bytes and their row are durable; one
 * that is refused leaves nothing behind.
 */
import { z } from 'zod';
import { db } from '#lib/db/client.ts';
import { databaseFailure } from '#lib/db/failure.ts';
import { AppError } from '#lib/errors.ts';
import { jsonResponse } from '#lib/http/json.ts';
import { countRequest } from '#lib/http/metrics.ts';
import { log } from '#lib/log.ts';
import { readBody } from './body.ts';
import { ackIdsBelow, nextAckId } from './channels.ts';
import { eventLines } from './events.ts';
import { keepSegment } from './keep.ts';
import { CollectorError, reply } from './replies.ts';
import { authenticate, channelOf, originOf } from './request.ts';
import { appendToSegment } from './segments.ts';
import type { CollectorToken } from './tokens.ts';

/** Requests of one process that are received at once; those beyond are told to come again. */
export const IN_FLIGHT_MAX = 32;
/** A request with more events than this is a segment of its own. */
const OWN_SEGMENT_BYTES = 1024 * 1024;
const ACK_BODY_MAX_BYTES = 1024 * 1024;

// Next loads a module several times (once a route); all of them count together.
const shared = globalThis as typeof globalThis & { jobsightCollector?: { inFlight: number } };
shared.jobsightCollector ??= { inFlight: 0 };
const load = shared.jobsightCollector;

type Receive = (request: Request) => Promise<Response>;

/** `/services/collector`, `/event`: JSON objects one after the other. */
export const receiveEvents = endpoint((request) =>
  receive(request, async (token) => {
    const origin = originOf(request, token);
    const openedAt = new Date();
    const lines = eventLines(readBody(request), origin, openedAt);
    const first: Buffer[] = [];
    let sizeBytes = 0;
    let isDone = false;
    while (!isDone && sizeBytes <= OWN_SEGMENT_BYTES) {
      const next = await lines.next();
      isDone = next.done === true;
      if (next.done) break;
      first.push(next.value);
      sizeBytes += next.value.length;
    }
    if (sizeBytes === 0) throw new CollectorError(5);
    if (isDone) await appendToSegment(token, origin, Buffer.concat(first));
    else {
      const { source, host } = origin;
      await keepSegment({ actor: token.actor, source, host, openedAt }, joined(first, lines));
    }
  }),
);

/** `/raw`: the bytes as they came are one segment. */
export const receiveRaw = endpoint((request) =>
  receive(request, async (token) => {
    const { source, host } = originOf(request, token);
    const chunks = readBody(request);
    const first = await chunks.next();
    if (first.done) throw new CollectorError(5);
    await keepSegment(
      { actor: token.actor, source, host, openedAt: new Date() },
      joined([first.value], chunks),
    );
  }),
);

const ackQuestion = z.object({ acks: z.array(z.int().min(0)).max(100_000) });

/** `/ack`: which requests of a channel are durable. */
export const answerAcks = endpoint(async (request) => {
  const token = await authenticate(request);
  if (!token.isAckEnabled) throw new CollectorError(14);
  const channel = requiredChannel(request);
  const chunks: Buffer[] = [];
  for await (const chunk of readBody(request, ACK_BODY_MAX_BYTES)) chunks.push(chunk);
  if (chunks.length === 0) throw new CollectorError(5);
  const question = ackQuestion.safeParse(jsonOf(Buffer.concat(chunks)));
  if (!question.success) throw new CollectorError(6);
  const below = await ackIdsBelow(token.id, channel);
  return jsonResponse({ acks: Object.fromEntries(question.data.acks.map((id) => [id, id < below])) });
});

/** `/health`: asked by load balancers, without a token. */
export const answerHealth = endpoint(async () => {
  if (load.inFlight >= IN_FLIGHT_MAX) throw new CollectorError(9);
  await db.$queryRaw`SELECT 1`.catch(() => {
    throw new CollectorError(9);
  });
  return reply(17);
});

/** Data comes in: who sends it and on which channel, then what `keep` does, then the id to ask for. */
async function receive(request: Request, keep: (token: CollectorToken) => Promise<void>): Promise<Response> {
  if (load.inFlight >= IN_FLIGHT_MAX) throw new CollectorError(9);
  load.inFlight += 1;
  try {
    const token = await authenticate(request);
    const channel = token.isAckEnabled ? requiredChannel(request) : channelOf(request);
    await keep(token);
    if (!token.isAckEnabled || channel === null) return reply(0);
    return reply(0, { ackId: await nextAckId(token.id, channel) });
  } finally {
    load.inFlight -= 1;
  }
}

function requiredChannel(request: Request): string {
  const channel = channelOf(request);
  if (channel === null) throw new CollectorError(10);
  return channel;
}

/** A request handler that answers every error as the protocol has it. */
function endpoint(handle: Receive): Receive {
  return async (request) => {
    const response = await handle(request).catch(errorReply);
    countRequest(request.method, response.status);
    return response;
  };
}

/** Busy: what the database says when all its connections are taken. */
const BUSY: ReadonlySet<unknown> = new Set(['P2024', 'P2028']);

function errorReply(error: unknown): Response {
  if (error instanceof CollectorError) return reply(error.code, { eventNumber: error.eventNumber });
  const code = error instanceof Error && 'code' in error ? error.code : null;
  // The store says so when the disk is nearly full; senders keep their data and try again.
  if (error instanceof AppError && (code === 'too-large' || code === 'conflict')) return reply(9);
  if (BUSY.has(code)) return reply(9);
  // So does a disk that is full, and a database that does not answer.
  if (databaseFailure(error)) {
    log.error({ err: error }, 'live input waits for the disk or the database');
    return reply(9);
  }
  log.error({ err: error }, 'live input was not kept');
  return reply(8);
}

async function* joined(first: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* rest;
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

/** Sends uploads in tests, piece by piece, by the tus protocol as a client does, and reads what comes as a worker does. */

import { EvidenceStore } from '#lib/custody/store.ts';
import { db } from '#lib/db/client.ts';
import { ingestEvidence } from '#lib/jobs/ingest.ts';
import { INGEST_QUEUE, ingestPayload, SMALL_INGEST_QUEUE } from '#lib/jobs/payloads.ts';
import { openQueue } from '#lib/jobs/queue.ts';
import { callApi } from './testing-api.ts';

const TUS = { 'tus-resumable': '1.0.0' };

/** @param timeZone of times that name none; '': nobody says */
export async function beginUpload(name: string, sizeBytes: number, timeZone = ''): Promise<string> {
  const metadata = Object.entries({ filename: name, timeZone })
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`);
  const answer = await callApi('analyst', 'POST', '/api/v1/uploads', {
    headers: {
      ...TUS,
      'upload-length': String(sizeBytes),
      'upload-metadata': metadata.join(','),
    },
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  return answer.headers.get('location') ?? '';
}

/** Sends the bytes from one offset to another; the answer of the server. */
export function sendPiece(address: string, bytes: Buffer, from: number, to: number): Promise<Response> {
  return callApi('analyst', 'PATCH', address, {
    headers: { ...TUS, 'upload-offset': String(from), 'content-type': 'application/offset+octet-stream' },
    body: new Blob([Uint8Array.from(bytes.subarray(from, to))]),
  });
}

export function giveUp(address: string): Promise<Response> {
  return callApi('analyst', 'DELETE', address, { headers: TUS });
}

/** As a new process of the server: nothing in memory. */
export function restartServer(): void {
  Reflect.deleteProperty(globalThis, 'jobsightUploads');
}

/** Does what is in the queue, and nothing else, until it is empty. Returns how many jobs there were. */
export async function work(): Promise<number> {
  const boss = await openQueue({ isWorker: false });
  const store = new EvidenceStore(process.env.JOBSIGHT_DATA ?? '');
  try {
    for (let total = 0; ; ) {
      const before = total;
      for (const queue of [INGEST_QUEUE, SMALL_INGEST_QUEUE]) {
        for (const job of await boss.fetch(queue, { batchSize: 10 })) {
          await ingestEvidence(ingestPayload.parse(job.data).evidenceId, { db, store });
          await boss.complete(queue, job.id);
          total += 1;
        }
      }
      if (total === before) return total;
    }
  } finally {
    await boss.stop({ graceful: false });
  }
}

/**
 * Uploads that can be resumed, by the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload). @tus/server speaks
 * it; here is who may, whether there is room, and what becomes of a whole file.
 */
import { Server, type ServerOptions } from '@tus/server';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { type AddedEvidence, addStoredEvidence } from '#lib/custody/commands.ts';
import { timeZoneInput } from '#lib/custody/inputs.ts';
import { EvidenceStore, freeBytes } from '#lib/custody/store.ts';
import { env } from '#lib/env.ts';
import { AppError, ERROR_STATUS, type ErrorCode } from '#lib/errors.ts';
import { API_HEADERS } from '#lib/http/headers.ts';
import { openUploadStore, removeOldUploads } from './arrival.ts';
import { UploadLocks } from './locks.ts';
import type { UploadRecord } from './upload-store.ts';

const PATH = '/api/v1/uploads';
const NAME_MAX = 1_000;
const SWEEP_MS = 3_600_000;

/** Headers of the answer to the last piece: which evidence it has become, and whether that was there before. */
const EVIDENCE_ID = 'jobsight-evidence-id';
const EVIDENCE_KNOWN = 'jobsight-evidence-known';

export type UnfinishedUpload = {
  readonly id: string;
  readonly url: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly receivedBytes: number;
  readonly createdAt: string;
};

function openUploads(folder: string) {
  return { folder, store: openUploadStore(folder), locks: new UploadLocks(), sweptMs: 0 };
}
type Uploads = ReturnType<typeof openUploads>;

// Next loads a module once for each route; locks and hashes must be the same in all.
const shared = globalThis as typeof globalThis & { jobsightUploads?: Uploads };

function uploads(): Uploads {
  const folder = new EvidenceStore(env().JOBSIGHT_DATA).uploadsFolder;
  if (shared.jobsightUploads?.folder !== folder) shared.jobsightUploads = openUploads(folder);
  return shared.jobsightUploads;
}

/** The actor's own uploads that have not become evidence, the newest first. */
export async function listUploads(actor: Actor): Promise<readonly UnfinishedUpload[]> {
  requirePermission(actor, 'add-evidence');
  await sweep(uploads());
  const records = await uploads().store.unfinished();
  return records
    .filter(({ owner }) => owner === actor.id)
    .map(({ id, name, sizeBytes, receivedBytes, createdAt }) => ({
      id,
      url: `${PATH}/${id}`,
      name,
      sizeBytes,
      receivedBytes,
      createdAt,
    }));
}

/** Begins an upload (tus creation). Throws AppError `too-large` before a byte is sent that would not fit on the disk. */
export async function createUpload(actor: Actor, request: Request): Promise<Response> {
  requirePermission(actor, 'add-evidence');
  const state = uploads();
  await sweep(state);
  const sizeBytes = Number(request.headers.get('upload-length') ?? Number.NaN);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
    throw new AppError('invalid-input', 'Say in the header Upload-Length how many bytes the file has.');
  }
  await assertRoom(state, sizeBytes);
  const response = await speak(request, {
    onUploadCreate: async (_, { metadata }) => ({
      metadata: {
        owner: actor.id,
        filename: (metadata?.filename ?? '').slice(-NAME_MAX),
        timeZone: timeZoneInput.optional().parse(metadata?.timeZone || undefined) ?? null,
      },
    }),
  });
  const id = response.headers.get('location')?.split('/').at(-1);
  if (id && (sizeBytes === 0 || response.headers.get('upload-offset') === String(sizeBytes))) {
    tell(response, await finish(actor, id));
  }
  return response;
}

/** Appends bytes (tus PATCH). The last of them make it evidence, before the answer is given. */
export async function appendToUpload(actor: Actor, id: string, request: Request): Promise<Response> {
  const { sizeBytes, sha256 } = await findOwn(actor, id);
  if (sha256 === null) await assertRoom(uploads(), 0);
  const response = await speak(request, { getFileIdFromRequest: () => id });
  if (response.headers.get('upload-offset') === String(sizeBytes)) {
    tell(response, await finish(actor, id));
  }
  return response;
}

/** How far an upload is (tus HEAD). One that has all its bytes and was not made evidence, because of a crash, is now. */
export async function askUpload(actor: Actor, id: string, request: Request): Promise<Response> {
  const { sizeBytes, receivedBytes } = await findOwn(actor, id);
  const added = receivedBytes === sizeBytes ? await finish(actor, id) : null;
  const response = await speak(request, { getFileIdFromRequest: () => id });
  if (added) tell(response, added);
  return response;
}

/** Gives an upload up (tus termination). What it has become stays. */
export async function removeUpload(actor: Actor, id: string, request: Request): Promise<Response> {
  await findOwn(actor, id);
  return speak(request, { getFileIdFromRequest: () => id });
}

/** Throws AppError `not-found` also for what belongs to another, so that nobody learns what others send. */
async function findOwn(actor: Actor, id: string): Promise<UploadRecord> {
  requirePermission(actor, 'add-evidence');
  const record = await uploads().store.find(id);
  if (record?.owner === actor.id) return record;
  throw new AppError('not-found', 'There is no such upload, or it was given up. Begin it again.');
}

/** Makes evidence of a whole upload. Every step can be done again, so that a crash between them loses nothing. */
function finish(actor: Actor, id: string): Promise<AddedEvidence> {
  const { store, locks } = uploads();
  return locks.hold(id, async () => {
    const record = await findOwn(actor, id);
    const { name, sizeBytes, evidenceId, isKnown, timeZone } = record;
    const sha256 = await store.seal(record);
    if (evidenceId !== null) return { id: evidenceId, name, sha256, sizeBytes, isKnown };
    try {
      await new EvidenceStore(env().JOBSIGHT_DATA).adopt(store.pathOf(id), sha256);
      const added = await addStoredEvidence(actor, name, { sha256, sizeBytes }, { timeZone }, id);
      await store.change(id, { evidenceId: added.id, isKnown: String(added.isKnown) });
      return added;
    } catch (error) {
      // Its bytes are gone: they must be sent again from the start.
      const isGone = error instanceof AppError && (error.code === 'not-found' || error.code === 'conflict');
      if (isGone) await store.remove(id);
      throw error;
    }
  });
}

function tell(response: Response, { id, isKnown }: AddedEvidence): void {
  response.headers.set(EVIDENCE_ID, id);
  response.headers.set(EVIDENCE_KNOWN, String(isKnown));
}

async function assertRoom({ folder, store }: Uploads, sizeBytes: number): Promise<void> {
  const room = (await freeBytes(folder)) - (sizeBytes === 0 ? 0 : await store.awaitedBytes(Date.now()));
  if (room > 0 && sizeBytes <= room) return;
  throw new AppError(
    'too-large',
    `The disk that holds the evidence has room for ${gigabytes(Math.max(0, room))} more${
      sizeBytes === 0 ? '' : `, and this file has ${gigabytes(sizeBytes)}`
    }. Free some space there and try again.`,
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e10 ? 2 : 0)} GB`;
}

async function sweep(state: Uploads): Promise<void> {
  const nowMs = Date.now();
  if (nowMs - state.sweptMs < SWEEP_MS) return;
  state.sweptMs = nowMs;
  await removeOldUploads(state.store, nowMs);
}

/** Has @tus/server answer; what it refuses is thrown as AppError. A server for each request, as its hooks know who asks. */
async function speak(request: Request, hooks: Partial<ServerOptions>): Promise<Response> {
  const { store, locks } = uploads();
  let failure: unknown = null;
  const server = new Server({
    path: PATH,
    datastore: store,
    locker: locks,
    relativeLocation: true,
    allowedOrigins: [],
    onResponseError: (_, error) => {
      failure = error;
      return undefined;
    },
    ...hooks,
  });
  const response = await server.handleWeb(request);
  // What the protocol refuses has a status of its own; all else is an error of ours.
  const isOwn = failure instanceof Error && !('status_code' in failure);
  if (response.status >= 400) throw isOwn ? failure : await asAppError(response);
  for (const [name, value] of Object.entries(API_HEADERS)) response.headers.set(name, value);
  return response;
}

const SENTENCES: Partial<Record<ErrorCode, string>> = {
  'not-found': 'There is no such upload, or it was given up. Begin it again.',
  conflict: 'The upload is at another place. Ask with HEAD where it stands and go on from there.',
  'too-large': 'More bytes were sent than the file has.',
};

async function asAppError(response: Response): Promise<AppError> {
  const status = response.status === 410 ? 404 : response.status;
  const codes = Object.entries(ERROR_STATUS) as [ErrorCode, number][];
  const code = codes.find(([, one]) => one === status && one !== 403)?.[0] ?? 'invalid-input';
  return new AppError(
    code,
    SENTENCES[code] ?? `The upload was not understood: ${(await response.text()).trim()}`,
  );
}

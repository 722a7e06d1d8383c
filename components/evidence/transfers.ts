import Uppy, { type UppyFile } from '@uppy/core';
import Tus, { type TusBody } from '@uppy/tus';
import type { ChosenFile } from '#components/ui/dropped-files.ts';
import { discardUpload } from './interrupted.ts';
import { COMPARED_MAX_BYTES, isKnownFile } from './known-file.ts';
import { rateOf, type Sample, withSample } from './transfer-rate.ts';

/** One file on its way, as the page shows it. */
export type Transfer = {
  readonly key: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** Sent, or while comparing: hashed. */
  readonly doneBytes: number;
  readonly state: 'comparing' | 'waiting' | 'sending' | 'paused' | 'failed' | 'known';
  /** One sentence of a failed one: what happened, what was kept, what to do. */
  readonly message: string | null;
  /** Bytes a second; null while it cannot be told. */
  readonly rate: number | null;
  /** Since when nothing moved, in seconds. */
  readonly quietSeconds: number;
};

type Meta = { readonly [name: string]: unknown; readonly path: string; readonly timeZone: string };
type TransferFile = UppyFile<Meta, TusBody>;

const PARALLEL = 3;
/** A piece that is refused is sent to its end before the answer is heard, so it must not be long. */
const PIECE_BYTES = 64 * 1024 * 1024;
/** Files up to this go with the request that begins the upload. */
const AT_ONCE_BYTES = 4 * 1024 * 1024;
/** About five minutes in all, and again after each success. */
const RETRY_DELAYS_MS = [500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 60_000, 60_000, 60_000];
const SHOWN_EVERY_MS = 200;
const NOTHING: readonly Transfer[] = [];

/** Sends files of this page to the server, also while the user looks at another page. */
class Transfers {
  readonly #uppy: Uppy<Meta, TusBody>;
  readonly #samples = new Map<string, readonly Sample[]>();
  readonly #sent = new Map<string, number>();
  /** What Uppy knows nothing of: files that are compared, and notes about files that need not be sent. */
  readonly #others = new Map<string, Transfer>();
  readonly #comparing = new Map<string, AbortController>();
  readonly #listeners = new Set<() => void>();
  readonly #endListeners = new Set<() => void>();
  #shown: readonly Transfer[] = NOTHING;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #clock: ReturnType<typeof setTimeout> | null = null;
  #lastComparison: Promise<void> = Promise.resolve();

  constructor() {
    const silent = { debug: () => undefined, warn: () => undefined, error: () => undefined };
    this.#uppy = new Uppy<Meta, TusBody>({ autoProceed: true, logger: silent });
    this.#uppy.use(Tus<Meta, TusBody>, {
      endpoint: new URL('/api/v1/uploads', window.location.origin).href,
      limit: PARALLEL,
      chunkSize: PIECE_BYTES,
      retryDelays: RETRY_DELAYS_MS,
      removeFingerprintOnSuccess: true,
      allowedMetaFields: ['name', 'timeZone'],
    });
    this.#uppy.on('state-update', () => this.#showSoon());
    this.#uppy.on('upload-progress', (file, { bytesUploaded }) => {
      if (file && typeof bytesUploaded === 'number') this.#sample(file.id, bytesUploaded);
    });
    this.#uppy.on('upload-error', (file) => {
      if (file) this.#samples.delete(file.id);
    });
    this.#uppy.on('upload-success', (file, { body }) => {
      if (file) this.#end(file, body?.xhr.getResponseHeader('jobsight-evidence-known') === 'true');
    });
    this.#uppy.on('restriction-failed', (file) => {
      if (file) this.#addAgain(file);
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly rows = (): readonly Transfer[] => this.#shown;

  /** Calls when a file has become evidence. */
  onEnd(listener: () => void): () => void {
    this.#endListeners.add(listener);
    return () => this.#endListeners.delete(listener);
  }

  /**
   * @param knownSizes sizes of the evidence there is; a file of another size cannot be there already
   * @param timeZone of times that name none; null: each file asks
   */
  add(chosen: readonly ChosenFile[], knownSizes: ReadonlySet<number>, timeZone: string | null): void {
    const isCandidate = ({ file }: ChosenFile): boolean =>
      knownSizes.has(file.size) && file.size <= COMPARED_MAX_BYTES;
    this.#send(
      chosen.filter((one) => !isCandidate(one)),
      timeZone,
    );
    for (const one of chosen.filter(isCandidate)) this.#compare(one, timeZone);
    this.#showSoon();
  }

  pauseOrContinue(key: string): void {
    const file = this.#uppy.getFile(key);
    if (file.error) {
      // Failures are shown in the row; Uppy's own promise tells nothing more.
      this.#uppy.retryUpload(key).catch(() => undefined);
    } else {
      this.#samples.delete(key);
      this.#uppy.pauseResume(key);
    }
  }

  /** Cancels one that is on its way, with what the server has of it; takes a note from the list. */
  remove(key: string): void {
    this.#comparing.get(key)?.abort();
    this.#others.delete(key);
    const file = this.#uppy.getState().files[key];
    if (file) {
      const url = file.error && file.tus?.uploadUrl;
      this.#uppy.removeFile(key);
      this.#forget(key);
      // Uppy ends only what runs.
      if (url) void discardUpload(new URL(url).pathname);
    }
    this.#showSoon();
  }

  #send(chosen: readonly ChosenFile[], timeZone: string | null): void {
    this.#uppy.addFiles(
      chosen.map(({ file, path }) => ({
        name: file.name,
        type: file.type,
        data: file,
        meta: { path, timeZone: timeZone ?? '' },
      })),
    );
    const small = this.#uppy.getFiles().filter(({ tus, size }) => !tus && (size ?? 0) <= AT_ONCE_BYTES);
    const patch = { tus: { uploadDataDuringCreation: true } };
    this.#uppy.patchFilesState(Object.fromEntries(small.map(({ id }) => [id, patch])));
  }

  /** The same name, size and time as one in the list: goes on with that, or is its like in another folder. */
  #addAgain(file: TransferFile): void {
    const earlier = this.#uppy.getState().files[file.id];
    if (!earlier || file.isRemote || !file.data) return;
    if (earlier.error || earlier.isPaused) this.pauseOrContinue(earlier.id);
    else if (earlier.meta.path !== file.meta.path && file.meta.relativePath === undefined) {
      const { path, timeZone } = file.meta;
      const { name, type, data } = file;
      this.#uppy.addFiles([{ name, type, data, meta: { path, timeZone, relativePath: path } }]);
    }
  }

  /** One after the other, because each takes the whole processor. */
  #compare({ file, path }: ChosenFile, timeZone: string | null): void {
    const key = crypto.getRandomValues(new Uint32Array(4)).join('-');
    const controller = new AbortController();
    const row: Transfer = {
      key,
      name: file.name,
      sizeBytes: file.size,
      doneBytes: 0,
      state: 'comparing',
      message: null,
      rate: null,
      quietSeconds: 0,
    };
    this.#others.set(key, row);
    this.#comparing.set(key, controller);
    this.#lastComparison = this.#lastComparison.then(async () => {
      const isKnown = await isKnownFile(file, controller.signal, (doneBytes) => {
        if (this.#others.has(key)) this.#others.set(key, { ...row, doneBytes });
        this.#showSoon();
      });
      this.#comparing.delete(key);
      if (controller.signal.aborted) return;
      if (isKnown) {
        this.#others.set(key, { ...row, state: 'known', doneBytes: file.size });
        for (const listener of this.#endListeners) listener();
      } else {
        this.#others.delete(key);
        this.#send([{ file, path }], timeZone);
      }
      this.#showSoon();
    });
  }

  #sample(key: string, bytes: number): void {
    this.#sent.set(key, bytes);
    this.#samples.set(key, withSample(this.#samples.get(key) ?? [], { atMs: Date.now(), bytes }));
    this.#showSoon();
  }

  #end(file: TransferFile, isKnown: boolean): void {
    if (isKnown) this.#others.set(file.id, { ...this.#rowOf(file), state: 'known' });
    // Later, because the uploader takes a removal before its own end for a cancellation.
    queueMicrotask(() => {
      this.#uppy.removeFile(file.id);
      this.#forget(file.id);
      for (const listener of this.#endListeners) listener();
    });
  }

  #forget(key: string): void {
    this.#samples.delete(key);
    this.#sent.delete(key);
  }

  #showSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const rows = [...this.#others.values(), ...this.#uppy.getFiles().map((file) => this.#rowOf(file))];
      this.#shown = rows.length === 0 ? NOTHING : rows;
      for (const listener of this.#listeners) listener();
      // Time goes on although nothing else does.
      if (!rows.some(({ state }) => state === 'sending')) return;
      this.#clock ??= setTimeout(() => {
        this.#clock = null;
        this.#showSoon();
      }, 1_000);
    }, SHOWN_EVERY_MS);
  }

  #rowOf(file: TransferFile): Transfer {
    const samples = this.#samples.get(file.id) ?? [];
    const last = samples.at(-1);
    return {
      key: file.id,
      name: file.name,
      sizeBytes: file.size ?? 0,
      doneBytes: this.#sent.get(file.id) ?? 0,
      state: file.error ? 'failed' : file.isPaused ? 'paused' : last ? 'sending' : 'waiting',
      message: file.error ? failureOf(file) : null,
      rate: rateOf(samples),
      quietSeconds: last ? Math.floor((Date.now() - last.atMs) / 1_000) : 0,
    };
  }
}

/** What the server said; without an answer, what must have happened. */
function failureOf({ response }: TransferFile): string {
  try {
    const { detail }: { readonly detail?: unknown } = JSON.parse(response?.body?.xhr.responseText ?? '');
    if (typeof detail === 'string') return detail;
  } catch {
    // No problem document: nobody answered.
  }
  return 'The connection was lost, or the file can no longer be read. What was sent is kept: continue when the server can be reached.';
}

let transfers: Transfers | null = null;

/** The transfers of this browser window; only in a browser. */
export function windowTransfers(): Transfers {
  transfers ??= new Transfers();
  return transfers;
}

/** What the server shows before the browser takes over. */
export function noTransfers(): readonly Transfer[] {
  return NOTHING;
}

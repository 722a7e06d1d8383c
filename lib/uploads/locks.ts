import type { Lock, Locker, RequestRelease } from '@tus/server';
import { AppError } from '#lib/errors.ts';

const WAIT_MS = 30_000;

type Held = { readonly askToEnd: RequestRelease; readonly ended: Promise<void> };

/**
 * One request at a time for each upload, within this process. A newcomer asks the holder to end, which a connection that
 * hangs needs, and sleeps until it has (the locker of @tus/server asks again and again without a pause).
 */
export class UploadLocks implements Locker {
  readonly #held = new Map<string, Held>();

  newLock(id: string): Lock {
    let release: () => void = () => undefined;
    return {
      lock: async (signal, askToEnd) => {
        const patience = AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS)]);
        for (let other = this.#held.get(id); other; other = this.#held.get(id)) {
          await other.askToEnd();
          await Promise.race([other.ended, aborted(patience)]);
        }
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#held.set(id, { askToEnd, ended: promise });
        release = resolve;
      },
      unlock: async () => {
        this.#held.delete(id);
        release();
      },
    };
  }

  /** Runs with the upload to itself, to the end. */
  async hold<T>(id: string, run: () => Promise<T>): Promise<T> {
    const lock = this.newLock(id);
    await lock.lock(new AbortController().signal, () => undefined);
    return run().finally(() => lock.unlock());
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void =>
      reject(new AppError('conflict', 'The upload is still being written. Try again in a moment.'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

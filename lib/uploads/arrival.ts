import { ERRORS } from '@tus/server';
import { noteArrival, withdrawArriving, withdrawOrphans } from '#lib/custody/arriving.ts';
import { EvidenceStore } from '#lib/custody/store.ts';
import { env } from '#lib/env.ts';
import { log } from '#lib/log.ts';
import { UploadStore } from './upload-store.ts';

/** Uploads whose bytes become evidence as they come, and whose evidence goes with them. */
export function openUploadStore(folder: string): UploadStore {
  const uploads = new UploadStore(folder, {
    async grew(id, receivedBytes) {
      const record = await uploads.find(id);
      // Deleted as evidence while it arrived.
      if (!record) throw ERRORS.FILE_NOT_FOUND;
      if (receivedBytes >= record.sizeBytes) return;
      // Reading early is a help: without it the upload goes on all the same.
      await noteArrival({ ...record, receivedBytes }, new EvidenceStore(env().JOBSIGHT_DATA)).catch((error) =>
        log.warn({ error, uploadId: id }, 'an upload could not be read while it arrives'),
      );
    },
    removing: withdrawArriving,
  });
  return uploads;
}

/** Removes uploads that nobody touched for seven days, with what was read of them. */
export async function removeOldUploads(uploads: UploadStore, nowMs: number): Promise<void> {
  await uploads.removeOld(nowMs);
  await withdrawOrphans(new EvidenceStore(env().JOBSIGHT_DATA));
}

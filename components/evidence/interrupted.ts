import { defaultOptions } from 'tus-js-client';

/** An upload that this browser began and did not end; the server has a part of it. */
export type Interrupted = {
  readonly url: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly receivedBytes: number;
};

/** As long as the server keeps what is unfinished. */
const KEPT_MS = 7 * 24 * 3_600_000;

const { urlStorage } = defaultOptions;

/** Those that can go on when the user chooses the file again. What the server no longer keeps is forgotten. */
export async function findInterrupted(): Promise<readonly Interrupted[]> {
  const begun = await urlStorage.findAllUploads();
  if (begun.length === 0) return [];
  const response = await fetch('/api/v1/uploads').catch(() => null);
  if (!response?.ok) return [];
  const { items }: { readonly items: readonly Interrupted[] } = await response.json();
  const found: Interrupted[] = [];
  for (const { uploadUrl, urlStorageKey, creationTime } of begun) {
    const item = items.find(({ url }) => uploadUrl?.endsWith(url));
    if (item) found.push(item);
    // A young one may be of another user of this browser.
    else if (Date.now() - Date.parse(creationTime) > KEPT_MS) await urlStorage.removeUpload(urlStorageKey);
  }
  return found;
}

/** Gives an upload up, here and on the server. */
export async function discardUpload(url: string): Promise<void> {
  await fetch(url, { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } }).catch(() => null);
  for (const { uploadUrl, urlStorageKey } of await urlStorage.findAllUploads()) {
    if (uploadUrl?.endsWith(url)) await urlStorage.removeUpload(urlStorageKey);
  }
}

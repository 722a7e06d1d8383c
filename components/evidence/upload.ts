/** One file on its way, as the page shows it. */
export type Upload = {
  readonly key: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly sentBytes: number;
  readonly state: 'waiting' | 'sending' | 'done' | 'failed';
  /** One sentence: what happened and what to do. */
  readonly message: string | null;
};

type Answer = {
  readonly items?: readonly { readonly id: string; readonly name: string; readonly isKnown: boolean }[];
  readonly errors?: readonly { readonly detail: string }[];
  readonly detail?: string;
};

/** Sends one file and tells how far it is. Never throws: a failure is a message. */
export function sendFile(
  file: File,
  onProgress: (sentBytes: number) => void,
): Promise<{ ok: boolean; message: string | null }> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append('file', file);
    request.upload.onprogress = (event) => onProgress(Math.min(event.loaded, file.size));
    request.onload = () => resolve(readAnswer(request));
    request.onerror = () =>
      resolve({
        ok: false,
        message:
          'The connection broke off and nothing of this file was kept. Choose it again to send it once more.',
      });
    request.onabort = () => resolve({ ok: false, message: 'Stopped. Nothing of this file was kept.' });
    request.open('POST', '/api/v1/evidence');
    request.send(form);
  });
}

function readAnswer(request: XMLHttpRequest): { ok: boolean; message: string | null } {
  let answer: Answer = {};
  try {
    answer = JSON.parse(request.responseText);
  } catch {
    // No JSON: the status says enough.
  }
  const [item] = answer.items ?? [];
  if (request.status < 300 && item) {
    return { ok: true, message: item.isKnown ? 'The same file was here already; nothing was added.' : null };
  }
  const reason = answer.errors?.[0]?.detail ?? answer.detail ?? `The server answered ${request.status}.`;
  return { ok: false, message: reason };
}

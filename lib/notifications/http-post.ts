import { z } from 'zod';
import { openEgress } from '#lib/sources/egress.ts';
import { certificates, proxyAddress } from '#lib/sources/inputs.ts';
import { waitOf } from '#lib/sources/retry.ts';
import type { SourceField } from '#lib/sources/types.ts';
import { SourceError } from '#lib/sources/types.ts';
import { visibleLine } from './text.ts';
import { ChannelError } from './types.ts';

/** What all channels that are told over HTTP have. */
export const httpSettings = {
  proxyUrl: proxyAddress.optional(),
  caCertificates: certificates.optional(),
};

export const certificateField: SourceField = {
  name: 'caCertificates',
  label: 'Certificate authorities',
  hint: 'PEM. Empty: those that everybody trusts.',
  input: 'lines',
  isSecret: false,
  isRequired: false,
};

export const httpFields: readonly SourceField[] = [
  {
    name: 'proxyUrl',
    label: 'Proxy',
    hint: 'http://proxy.example:3128. Empty: none.',
    input: 'text',
    isSecret: false,
    isRequired: false,
  },
  certificateField,
];

export const webhookUrl = z
  .url({ protocol: /^https?$/, error: 'Write the address as https://….' })
  .max(2_000)
  .refine((text) => !URL.parse(text)?.username, 'Leave the user name and password out of the address.');

type Request = {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly settings: { readonly proxyUrl?: string | undefined; readonly caCertificates?: string | undefined };
  readonly signal: AbortSignal;
  readonly now: Date;
};

const ANSWER_BYTES = 2_048;
/** Answers that say that this very message is not taken, so that it does not help to send it again. */
const FINAL = new Set([400, 413, 415, 422]);

/** Posts JSON to one address. @returns what came back. Throws ChannelError. */
export async function postJson({ url, headers, body, settings, signal, now }: Request): Promise<string> {
  const egress = openEgress({
    origins: [url],
    caCertificates: settings.caCertificates ?? null,
    proxyUrl: settings.proxyUrl ?? null,
    isTlsVerified: true,
  });
  try {
    const response = await egress.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Jobsight', ...headers },
      body,
      signal,
    });
    const said = visibleLine((await beginning(response.body)).trim());
    const answer = `HTTP ${response.status}${said === '' ? '' : `: ${said}`}`;
    if (response.ok) return answer;
    const retryAtMs = response.headers.has('retry-after')
      ? now.getTime() + waitOf(response, 1, now.getTime())
      : null;
    throw new ChannelError(`The receiver answered ${answer}`, {
      isFinal: FINAL.has(response.status),
      retryAtMs,
    });
  } catch (error) {
    if (error instanceof SourceError) throw new ChannelError(error.message);
    throw error;
  } finally {
    await egress.close();
  }
}

/** The first bytes of an answer; the rest is not waited for. */
async function beginning(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString('utf8');
}

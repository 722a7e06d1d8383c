import { z } from 'zod';
import type { SourceFetch } from '../egress.ts';
import { jsonOf, printable } from '../lines.ts';
import { SourceError } from '../types.ts';

/**
 * Client-credential sign-in at Microsoft Entra ID (learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow;
 * RFC 6749, 4.4). A token is kept until shortly before it ends.
 */
export type SignIn = {
  readonly token: () => Promise<string>;
  /** The service did not accept the token: the next one is asked for anew. */
  readonly forget: () => void;
  /** Clock of the sign-in service at the last answer. */
  readonly clockMs: () => number | null;
};

export type Client = {
  readonly signInUrl: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
};

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  /** Seconds; a text by the older endpoint. */
  expires_in: z.coerce.number(),
});
const refusal = z.looseObject({
  error: z.string().optional(),
  error_description: z.string().optional(),
});

/** A token is not used in its last minute: a request may take that long to arrive. */
const EARLY_MS = 60_000;

export function signInOf(client: Client, fetch: SourceFetch, signal: AbortSignal): SignIn {
  let current: { readonly token: string; readonly untilMs: number } | null = null;
  let clockMs: number | null = null;
  const ask = async (): Promise<string> => {
    const address = `${client.signInUrl.replace(/\/+$/, '')}/${encodeURIComponent(client.tenantId)}/oauth2/v2.0/token`;
    const answer = await fetch(address, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client.clientId,
        client_secret: client.clientSecret,
        scope: client.scope,
      }),
      signal,
    });
    const date = Date.parse(answer.headers.get('date') ?? '');
    clockMs = Number.isFinite(date) ? date : null;
    const body = await jsonOf(answer);
    if (!answer.ok) throw refused(refusal.safeParse(body).data);
    const { data } = tokenAnswer.safeParse(body);
    if (!data) throw new SourceError('schema', 'The sign-in answers without a token.');
    current = { token: data.access_token, untilMs: Date.now() + data.expires_in * 1_000 - EARLY_MS };
    return data.access_token;
  };
  return {
    token: async () => (current && Date.now() < current.untilMs ? current.token : ask()),
    forget: () => {
      current = null;
    },
    clockMs: () => clockMs,
  };
}

/** What the codes of Entra ID mean (learn.microsoft.com/entra/identity-platform/reference-error-codes). */
const CODES: readonly (readonly [code: string, message: string, remedy: string])[] = [
  [
    'AADSTS7000222',
    'The client secret has expired',
    'Make a new client secret in the app registration and enter its value.',
  ],
  ['AADSTS7000215', 'The client secret is wrong', 'Enter the value of the client secret, not its id.'],
  [
    'AADSTS700016',
    'The directory has no application with this client id',
    'Check the client id, and that the app is registered in this directory.',
  ],
  ['AADSTS90002', 'There is no such directory', 'Check the directory id and the cloud.'],
  ['AADSTS900023', 'There is no such directory', 'Check the directory id and the cloud.'],
];

function refused(said: z.output<typeof refusal> | undefined): SourceError {
  const description = said?.error_description ?? said?.error ?? '';
  const known = CODES.find(([code]) => new RegExp(`\\b${code}\\b`).test(description));
  if (known) {
    const [code, message, remedy] = known;
    return new SourceError('sign-in', `${message} (${code}).`, { remedy });
  }
  return new SourceError('sign-in', `The sign-in was refused: ${printable(description)}`, {
    remedy: 'Check directory id, client id and client secret.',
  });
}

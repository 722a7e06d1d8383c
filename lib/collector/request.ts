/** What a request says about itself: whose it is, where its data comes from, on which channel. */
import { INDEX_NAME } from './inputs.ts';
import { CollectorError } from './replies.ts';
import { type CollectorToken, findCollectorToken } from './tokens.ts';

/** Splunk's default of the event endpoint. */
const DEFAULT_SOURCETYPE = 'httpevent';
const VALUE_MAX = 1_000;
const CREDENTIALS_MAX = 1_000;
const CHANNEL = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** What events count as that do not say themselves. */
export type Origin = {
  readonly source: string;
  readonly sourcetype: string;
  readonly index: string | null;
  /** The sender, not the computer of an event. */
  readonly host: string | null;
};

/** Whose token it is. Throws CollectorError when it is nobody's or may not be used so. */
export async function authenticate(request: Request): Promise<CollectorToken> {
  const header = request.headers.get('authorization');
  const inQuery = new URL(request.url).searchParams.get('token');
  if (header === null && inQuery === null) throw new CollectorError(2);
  const given = header === null ? inQuery : tokenOf(header);
  if (given === null) throw new CollectorError(3);
  const token = await findCollectorToken(given.slice(0, CREDENTIALS_MAX));
  if (!token) throw new CollectorError(4);
  if (!token.isEnabled) throw new CollectorError(1);
  if (header === null && !token.isQueryAllowed) throw new CollectorError(16);
  return token;
}

/** `Splunk TOKEN`, or Basic with the token as password; null for anything else. */
function tokenOf(header: string): string | null {
  const [scheme = '', credentials = '', ...more] = header.slice(0, CREDENTIALS_MAX).trim().split(/\s+/);
  if (credentials === '' || more.length > 0) return null;
  if (scheme.toLowerCase() === 'splunk') return credentials;
  if (scheme.toLowerCase() !== 'basic') return null;
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : text.slice(colon + 1);
}

/** From the address, else from the token. Throws CollectorError for an index that cannot be. */
export function originOf(request: Request, token: CollectorToken): Origin {
  const { searchParams } = new URL(request.url);
  const given = (name: 'source' | 'sourcetype' | 'index' | 'host') =>
    searchParams.get(name)?.slice(0, VALUE_MAX) || token[name];
  const index = given('index');
  if (index !== null && !INDEX_NAME.test(index)) throw new CollectorError(7);
  return {
    source: given('source') ?? `http:${token.name}`,
    sourcetype: given('sourcetype') ?? DEFAULT_SOURCETYPE,
    index,
    host: given('host'),
  };
}

/** The channel as a lower-case UUID; null when none is named. Throws CollectorError when it is no UUID. */
export function channelOf(request: Request): string | null {
  const given =
    request.headers.get('x-splunk-request-channel') || new URL(request.url).searchParams.get('channel');
  if (!given) return null;
  if (!CHANNEL.test(given)) throw new CollectorError(11);
  const digits = given.replaceAll('-', '').toLowerCase();
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

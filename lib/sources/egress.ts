/**
 * The one way out to a SIEM. Requests go to the origins that were configured and nowhere else: no redirect leads to another
 * host, and no name resolves to an address that cloud machines ask for their own credentials (SSRF; OWASP "Server Side
 * Request Forgery Prevention"). TLS is verified unless the source says why not.
 */
import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import {
  Agent,
  type Dispatcher,
  ProxyAgent,
  type RequestInit,
  type Response,
  fetch as undiciFetch,
} from 'undici';
import { SourceError } from './types.ts';

export type SourceFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

export type EgressOptions = {
  /** `https://splunk.example:8089` */
  readonly origins: readonly string[];
  /** PEM; trusted beside those that Node trusts. */
  readonly caCertificates: string | null;
  readonly proxyUrl: string | null;
  readonly isTlsVerified: boolean;
};

export type Egress = {
  readonly fetch: SourceFetch;
  readonly close: () => Promise<void>;
};

const MAX_REDIRECTS = 3;
const CONNECT_MS = 10_000;
/** Of silence on a connection; a search may take a while to say its first word. */
const SILENT_MS = 300_000;

/** Addresses and names at which clouds serve a machine's own credentials. */
const METADATA_NAMES = new Set(['metadata.google.internal', 'metadata', 'instance-data']);
const METADATA = new BlockList();
// Link-local: AWS, Azure, Google Cloud, Oracle, DigitalOcean, OpenStack (169.254.169.254), AWS ECS (169.254.170.2).
METADATA.addSubnet('169.254.0.0', 16, 'ipv4');
METADATA.addSubnet('fe80::', 10, 'ipv6');
// AWS over IPv6, Alibaba Cloud, Azure's wire server.
METADATA.addAddress('fd00:ec2::254', 'ipv6');
METADATA.addAddress('100.100.100.200', 'ipv4');
METADATA.addAddress('168.63.129.16', 'ipv4');

export function isMetadataAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  return METADATA.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Throws SourceError `refused` for an address that no source may have. */
export function checkHost(url: URL): void {
  const host = url.hostname
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
    .replace(/\.$/, '');
  if (METADATA_NAMES.has(host) || isMetadataAddress(host)) {
    throw new SourceError('refused', `${host} is an address of a cloud machine's own credentials.`, {
      remedy: 'Give the address of the SIEM.',
    });
  }
}

/** Looks a name up and refuses what it must not lead to, at the moment of connecting, so that no later answer gets by. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    const bad = addresses.find(({ address }) => isMetadataAddress(address));
    const [first] = addresses;
    if (bad || !first) {
      const refusal = new SourceError(
        'refused',
        `${hostname} leads to ${bad?.address ?? 'no address'}, where no SIEM is.`,
      );
      return callback(refusal, '', 0);
    }
    if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

/** Opens the way to one source; close it when the pull or test is over. */
export function openEgress(options: EgressOptions): Egress {
  const allowed = new Set(options.origins.map((origin) => new URL(origin).origin));
  const dispatcher = dispatcherOf(options);
  const request: SourceFetch = async (url, init = {}) => {
    let target = new URL(url);
    for (let redirects = 0; ; redirects += 1) {
      if (!allowed.has(target.origin)) throw refusedOrigin(target, redirects > 0);
      checkHost(target);
      const response = await undiciFetch(target, { ...init, dispatcher, redirect: 'manual' }).catch(
        (error: unknown) => {
          throw explained(error, target, init.signal);
        },
      );
      const location =
        response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
      if (location === null) return response;
      await response.body?.cancel();
      // A body cannot be sent twice, and nothing that is asked here is redirected in earnest.
      if (redirects >= MAX_REDIRECTS || (init.method ?? 'GET') !== 'GET') {
        throw new SourceError('refused', `${target.host} redirects to another place.`, {
          remedy: 'Give the address that it redirects to.',
        });
      }
      target = new URL(location, target);
    }
  };
  return { fetch: request, close: () => dispatcher.destroy() };
}

function dispatcherOf({ caCertificates, proxyUrl, isTlsVerified }: EgressOptions): Dispatcher {
  const tls = {
    rejectUnauthorized: isTlsVerified,
    ...(caCertificates === null ? {} : { ca: caCertificates }),
  };
  const times = { headersTimeout: SILENT_MS, bodyTimeout: SILENT_MS };
  if (proxyUrl !== null) {
    // The proxy looks the names up; what they may be was checked already.
    return new ProxyAgent({ uri: proxyUrl, requestTls: tls, proxyTls: tls, ...times });
  }
  return new Agent({ connect: { ...tls, timeout: CONNECT_MS, lookup: guardedLookup }, ...times });
}

function refusedOrigin(target: URL, isRedirect: boolean): SourceError {
  return new SourceError(
    'refused',
    isRedirect
      ? `The source redirects to ${target.origin}, which is not the host that was configured.`
      : `${target.origin} is not the host that was configured.`,
    { remedy: 'If that is where it lives now, change the address of the source.' },
  );
}

const TLS_CODES = /^(CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS|ERR_SSL|EPROTO)/;

function explained(error: unknown, target: URL, signal: RequestInit['signal']): unknown {
  if (signal?.aborted) return signal.reason;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof SourceError) return cause;
  const code = (cause as NodeJS.ErrnoException | null)?.code ?? '';
  if (TLS_CODES.test(code)) {
    return new SourceError('tls', `The certificate of ${target.host} is not accepted (${code}).`, {
      remedy: 'Add the certificate authority that signed it to the source.',
    });
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return new SourceError('unreachable', `${target.host} cannot be reached: ${message || code}.`, {
    remedy: 'Check the address, the port, a firewall between, and the proxy.',
  });
}

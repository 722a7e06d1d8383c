/**
 * TLS for the HTTP Event Collector on a port of its own: replay scripts insist on https and port 8088. It passes requests
 * for /services/collector on to the web server and knows nothing else.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeSelfSigned } from '#lib/http/self-signed.ts';
import { Failure } from './failure.ts';

/** After URL has resolved dots: nothing here leads out of the folder. */
const COLLECTOR_PATH = /^\/services\/collector(?:\/[\w.]+)*\/?$/;
/** About one connection alone (RFC 9110, 7.6.1). */
const OF_CONNECTION = ['connection', 'keep-alive', 'proxy-authorization', 'te', 'trailer', 'upgrade'];
const RENEW_MS = 30 * 86_400_000;

/** Certificate and key in one PEM text. */
export type Certificate = { readonly pem: string };

/**
 * The certificate in the file, or one of the data folder that is made when absent or nearly over. Throws Failure when the
 * file has no certificate with its key.
 */
export async function certificateOf(file: string | undefined, dataFolder: string): Promise<Certificate> {
  if (file !== undefined) {
    const pem = await readFile(file, 'utf8').catch(() => '');
    if (lastsUntil(pem) === null) {
      throw new Failure(
        'The file of JOBSIGHT_HEC_CERT must be readable and hold a certificate and its key, both as PEM.',
      );
    }
    return { pem };
  }
  const own = join(dataFolder, 'collector.pem');
  const kept = await readFile(own, 'utf8').catch(() => '');
  if ((lastsUntil(kept) ?? 0) > Date.now() + RENEW_MS) return { pem: kept };
  const isName = /^[a-z0-9.-]{1,250}$/i.test(hostname());
  const pem = makeSelfSigned(['localhost', ...(isName ? [hostname()] : [])]);
  await writeFile(`${own}.draft`, pem, { mode: 0o600 });
  await rename(`${own}.draft`, own);
  return { pem };
}

/** Milliseconds since 1970; null when the text has no certificate with its key. */
function lastsUntil(pem: string): number | null {
  try {
    const certificate = new X509Certificate(pem);
    return certificate.checkPrivateKey(createPrivateKey(pem)) ? Date.parse(certificate.validTo) : null;
  } catch {
    return null;
  }
}

export type CollectorFront = { readonly port: number; stop(): Promise<void> };

/** @param webUrl of the web server, as this machine reaches it */
export async function startCollectorFront(
  certificate: Certificate,
  listen: { readonly host: string; readonly port: number },
  webUrl: string,
): Promise<CollectorFront> {
  const server = createServer({ cert: certificate.pem, key: certificate.pem }, (incoming, response) => {
    pass(incoming, response, webUrl).catch(() => response.destroy());
  });
  // A large body over a slow line takes longer than Node's five minutes.
  server.requestTimeout = 0;
  await new Promise<void>((done, fail) => {
    server.once('error', fail).listen(listen, done);
  });
  server.on('error', () => undefined);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : listen.port,
    async stop() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function pass(incoming: IncomingMessage, response: ServerResponse, webUrl: string): Promise<void> {
  const url = URL.parse(incoming.url ?? '', 'https://collector.invalid');
  if (url === null || !COLLECTOR_PATH.test(url.pathname)) {
    return answer(response, 404, { text: 'The requested URL was not found on this server.', code: 404 });
  }
  const headers = { ...incoming.headers, 'x-forwarded-proto': 'https' };
  const kept = Object.entries(headers).filter(([name]) => !OF_CONNECTION.includes(name));
  const outgoing = request(new URL(url.pathname + url.search, webUrl), {
    method: incoming.method,
    headers: Object.fromEntries(kept),
  });
  const answered = new Promise<IncomingMessage>((done, fail) => {
    outgoing.once('response', done).once('error', fail);
  });
  // The web server may answer before it has read the whole body; then only the answer matters.
  const sent = pipeline(incoming, outgoing);
  sent.catch(() => undefined);
  let result: IncomingMessage;
  try {
    result = await answered;
  } catch {
    return answer(response, 503, { text: 'Server is busy', code: 9 });
  }
  const given = Object.entries(result.headers).filter(([name]) => !OF_CONNECTION.includes(name));
  response.writeHead(result.statusCode ?? 502, Object.fromEntries(given));
  await pipeline(result, response);
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What every server of tests keeps of a request, to be compared with goldens. */
export type LoggedRequest = {
  readonly method: string;
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
};

export type Fault =
  /** Answers with this status instead, so many times. */
  | { readonly kind: 'status'; readonly status: number; readonly times: number; readonly retryAfter?: string }
  /** Breaks the connection off after so many rows, once. */
  | { readonly kind: 'cut'; readonly afterRows: number };

export type TestServer = {
  readonly url: string;
  readonly requests: LoggedRequest[];
  /** Faults to come, the next one first. */
  readonly faults: Fault[];
  readonly close: () => Promise<void>;
};

export type Handler = (request: {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
  /** Writes rows one by one and heeds a fault that cuts. */
  readonly stream: (rows: Iterable<string>, pauseMs?: number) => Promise<void>;
  readonly response: ServerResponse;
}) => Promise<void> | void;

/** A server that speaks HTTP for real; `handle` says what each request gets. */
export async function startTestServer(handle: Handler): Promise<TestServer> {
  const requests: LoggedRequest[] = [];
  const faults: Fault[] = [];
  const server: Server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const url = new URL(request.url ?? '/', 'http://localhost');
    const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
    const form = new URLSearchParams(isForm ? body : '');
    response.on('finish', () => {
      requests.push({
        method: request.method ?? '',
        path: url.pathname + url.search,
        form: Object.fromEntries(
          [...form].map(([name, value]) => [name, name === 'password' ? '(hidden)' : value]),
        ),
        body: isForm ? '' : body,
        status: response.statusCode,
      });
    });
    const fault = faults[0];
    if (fault?.kind === 'status') {
      if (fault.times <= 1) faults.shift();
      else faults[0] = { ...fault, times: fault.times - 1 };
      response.writeHead(
        fault.status,
        fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter },
      );
      response.end();
      return;
    }
    const stream = async (rows: Iterable<string>, pauseMs = 0): Promise<void> => {
      let count = 0;
      const cut = faults[0]?.kind === 'cut' ? faults[0] : null;
      for (const row of rows) {
        if (cut && count >= cut.afterRows) {
          faults.shift();
          // What was written leaves first, so that the other side has rows when it breaks off.
          await new Promise<void>((done) => setImmediate(done));
          response.socket?.destroy();
          return;
        }
        if (!response.write(row)) await new Promise((done) => response.once('drain', done));
        count += 1;
        if (pauseMs > 0) await sleep(pauseMs);
      }
      response.end();
    };
    await handle({
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      form,
      body,
      headers: request.headers,
      stream,
      response,
    });
  };
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    faults,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

export function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(JSON.stringify(value));
}

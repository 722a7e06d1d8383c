/** The routes of uploads as a process of their own, for tests that kill it. Prints its port when it listens. */
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import * as one from './[id]/route.ts';
import * as all from './route.ts';

const server = createServer(async (incoming, outgoing) => {
  const url = new URL(incoming.url ?? '/', 'http://localhost:3000');
  const id = url.pathname.split('/')[4];
  const routes: Record<string, unknown> = id === undefined ? all : one;
  const handler = routes[incoming.method ?? ''] as (request: Request, context: object) => Promise<Response>;
  const hasBody = incoming.method === 'PATCH' || incoming.method === 'POST';
  const answer = await handler(
    new Request(url, {
      method: incoming.method,
      headers: incoming.headers as Record<string, string>,
      body: hasBody ? (Readable.toWeb(incoming) as ReadableStream<Uint8Array<ArrayBuffer>>) : undefined,
      // @ts-expect-error undici wants it for a stream; the DOM's type does not know it.
      duplex: 'half',
    }),
    { params: Promise.resolve({ id }) },
  );
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
  outgoing.end(Buffer.from(await answer.arrayBuffer()));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.stdout.write(`${address.port}\n`);
});

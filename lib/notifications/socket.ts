import { createConnection, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { checkHost, guardedLookup } from '#lib/sources/egress.ts';
import { SourceError } from '#lib/sources/types.ts';
import { ChannelError } from './types.ts';

/** The way out for what is not HTTP, with the same guard of addresses as lib/sources/egress.ts. */

export type Target = {
  readonly host: string;
  readonly port: number;
  /** Null: without TLS. */
  readonly tls: Pick<ConnectionOptions, 'ca'> | null;
};

/** Refuses a host that no channel may have. Throws ChannelError. */
export function checkTarget(host: string): void {
  try {
    checkHost(new URL(`tcp://${host.includes(':') ? `[${host}]` : host}`));
  } catch (error) {
    if (error instanceof SourceError) throw new ChannelError(error.message);
    throw error;
  }
}

/** Connects, or throws ChannelError. The caller destroys the socket. */
export function openSocket({ host, port, tls }: Target, signal: AbortSignal): Promise<Socket> {
  checkTarget(host);
  return new Promise((resolve, reject) => {
    const options = { host, port, lookup: guardedLookup };
    const socket =
      tls === null
        ? createConnection(options)
        : connectTls({ ...options, ...(isIP(host) === 0 ? { servername: host } : {}), ...tls });
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', stop);
      socket.destroy();
      reject(new ChannelError(`${host}:${port} cannot be reached: ${error.message}`));
    };
    const stop = (): void => fail(new Error('it did not answer in time'));
    socket.once('error', fail);
    socket.once(tls === null ? 'connect' : 'secureConnect', () => {
      signal.removeEventListener('abort', stop);
      socket.off('error', fail);
      // A later fault is the reader's or writer's; without a listener it would end the process.
      socket.on('error', () => {});
      resolve(socket);
    });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
}

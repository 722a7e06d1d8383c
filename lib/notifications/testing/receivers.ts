/** Receivers of tests that speak their protocols for real. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { SMTPServer } from 'smtp-server';

export type MailServer = {
  readonly port: number;
  readonly mails: {
    readonly from: string;
    readonly to: readonly string[];
    readonly raw: string;
    readonly isSecure: boolean;
  }[];
  /** Said instead of taking the next mails, the next one first. */
  readonly refusals: { readonly code: number; readonly text: string }[];
  readonly close: () => Promise<void>;
};

type Certificate = { readonly key: string; readonly cert: string };

/** Asks for a password when one is given. STARTTLS with the certificate, none without. */
export async function startMailServer(
  tls: Certificate | null,
  password: string | null = null,
): Promise<MailServer> {
  const mails: MailServer['mails'] = [];
  const refusals: MailServer['refusals'] = [];
  const server = new SMTPServer({
    ...(tls ?? {}),
    hideSTARTTLS: tls === null,
    authOptional: password === null,
    disabledCommands: password === null ? ['AUTH'] : [],
    disableReverseLookup: true,
    onAuth: ({ password: given }, _, callback) =>
      given === password
        ? callback(null, { user: 'jobsight' })
        : callback(new Error(`Invalid password ${given}`)),
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const refusal = refusals.shift();
        if (refusal) return callback(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
        mails.push({
          from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('latin1'),
          isSecure: session.secure,
        });
        callback(null, 'kept');
      });
    },
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    refusals,
    close: () => new Promise((done) => server.close(() => done())),
  };
}

export type SyslogServer = {
  readonly port: number;
  /** Resolves with so many messages when they are there. */
  readonly received: (count: number) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
};

export async function startUdpSyslog(): Promise<SyslogServer> {
  const inbox = newInbox();
  const socket = createSocket('udp4', (bytes) => inbox.add(bytes.toString('utf8')));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    received: inbox.received,
    close: () => new Promise((done) => socket.close(() => done())),
  };
}

/** Octet counting as RFC 6587 has it; over TLS with a certificate. */
export async function startStreamSyslog(tls: Certificate | null): Promise<SyslogServer> {
  const inbox = newInbox();
  const take = (socket: Socket): void => {
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        const blank = rest.indexOf(' ');
        if (blank < 0) return;
        const count = rest.subarray(0, blank).toString('latin1');
        if (!/^[1-9]\d*$/.test(count)) throw new Error(`no octet count: ${count}`);
        const end = blank + 1 + Number(count);
        if (rest.length < end) return;
        inbox.add(rest.subarray(blank + 1, end).toString('utf8'));
        rest = rest.subarray(end);
      }
    });
    socket.on('error', () => {});
  };
  const server = tls === null ? createServer(take) : createTlsServer(tls, take);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    received: inbox.received,
    close: () => new Promise((done) => server.close(() => done())),
  };
}

function newInbox() {
  const messages: string[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  return {
    add: (message: string): void => {
      messages.push(message);
      for (const { count, resolve } of waiting) if (messages.length >= count) resolve();
    },
    received: async (count: number): Promise<readonly string[]> => {
      if (messages.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }));
      return [...messages];
    },
  };
}

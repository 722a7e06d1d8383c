import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import { z } from 'zod';
import { guardedLookup } from '#lib/sources/egress.ts';
import { cefOf } from './cef.ts';
import { certificateField, httpSettings } from './http-post.ts';
import { checkTarget, openSocket } from './socket.ts';
import { ChannelError, type ChannelKind, type Message } from './types.ts';

const settings = z.strictObject({
  host: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9._:-]{1,255}$/, 'Write the name or address of the collector.'),
  port: z.int().min(1).max(65_535),
  transport: z.enum(['udp', 'tcp', 'tls']),
  /** 16 to 23: local0 to local7 (RFC 5424, table 1). */
  facility: z.int().min(0).max(23),
  caCertificates: httpSettings.caCertificates,
});
const secrets = z.strictObject({});
type Settings = z.output<typeof settings>;

/** Receivers take at least this much in a datagram (RFC 5426, 3.2). */
const DATAGRAM_BYTES = 2_048;
/** What common receivers take in a message over a connection; rsyslog's maxMessageSize is 8 KiB. */
const STREAM_BYTES = 8_192;
const VERSION = process.env.npm_package_version ?? '0';

/** RFC 5424 carrying CEF, over UDP (RFC 5426), TCP with octet counting (RFC 6587, 3.4.1) or TLS (RFC 5425). */
export const syslog: ChannelKind<Settings, Record<string, never>> = {
  kind: 'syslog',
  label: 'Syslog, CEF',
  description: 'A line of CEF for a SIEM or a log collector, over UDP, TCP or TLS.',
  fields: [
    { name: 'host', label: 'Collector', hint: null, input: 'text', isSecret: false, isRequired: true },
    {
      name: 'port',
      label: 'Port',
      hint: '514 for UDP, 601 for TCP, 6514 for TLS are usual.',
      input: 'number',
      isSecret: false,
      isRequired: true,
      initial: 6514,
    },
    {
      name: 'transport',
      label: 'Transport',
      hint: null,
      input: 'choice',
      isSecret: false,
      isRequired: true,
      initial: 'tls',
      choices: [
        { value: 'tls', label: 'TLS' },
        { value: 'tcp', label: 'TCP, octet counting' },
        { value: 'udp', label: 'UDP: may be lost without a sign' },
      ],
    },
    {
      name: 'facility',
      label: 'Facility',
      hint: '16 is local0, 23 is local7.',
      input: 'number',
      isSecret: false,
      isRequired: true,
      initial: 16,
    },
    { ...certificateField, when: { name: 'transport', value: 'tls' } },
  ],
  settings,
  secrets,
  send: async ({ messages }, to, _, { signal }) => {
    const limit = to.transport === 'udp' ? DATAGRAM_BYTES : STREAM_BYTES;
    const lines = messages.map((message) => syslogLine(message, to.facility, limit));
    return to.transport === 'udp' ? sendDatagrams(to, lines, signal) : sendStream(to, lines, signal);
  },
};

/** Seven of RFC 5424's severities by CEF's; a finding is at least a notice. */
const LEVEL = { info: 5, low: 5, medium: 4, high: 3, critical: 2 } as const;

/** `<PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID - MSG` in UTF-8, at most so many bytes. */
export function syslogLine(message: Message, facility: number, maxBytes: number): Buffer {
  const { occurrence, at } = message;
  const level =
    'severity' in occurrence ? LEVEL[occurrence.severity] : occurrence.event === 'source-failure' ? 4 : 6;
  const name = printable(hostname(), 255);
  const head = `<${facility * 8 + level}>1 ${at.toISOString()} ${name} jobsight ${process.pid} ${occurrence.event} - `;
  const line = Buffer.from(head + cefOf(message, VERSION));
  return line.length <= maxBytes ? line : cut(line, maxBytes);
}

/** Cuts between characters, and not within an escape. */
function cut(line: Buffer, maxBytes: number): Buffer {
  const text = new TextDecoder().decode(line.subarray(0, maxBytes)).replace(/\uFFFD$/, '');
  const slashes = /\\*$/.exec(text)?.[0].length ?? 0;
  return Buffer.from(slashes % 2 === 1 ? text.slice(0, -1) : text);
}

const printable = (text: string, maxLength: number): string =>
  text.replace(/[^\x21-\x7e]/g, '').slice(0, maxLength) || '-';

async function sendDatagrams(
  { host, port }: Settings,
  lines: readonly Buffer[],
  signal: AbortSignal,
): Promise<string> {
  checkTarget(host);
  const socket = createSocket({
    type: isIPv6(host) ? 'udp6' : 'udp4',
    lookup: (name, options, callback) =>
      guardedLookup(name, { ...options, all: false }, (error, address, family) =>
        callback(error, String(address), family ?? 4),
      ),
  });
  try {
    for (const line of lines) {
      signal.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        socket.send(line, port, host, (error) => (error ? reject(error) : resolve()));
      });
    }
  } catch (error) {
    throw new ChannelError(
      `${host}:${port} cannot be sent to: ${error instanceof Error ? error.message : error}`,
    );
  } finally {
    socket.close();
  }
  return `${sizeOf(lines)} sent over UDP, which has no answer: look whether it arrived.`;
}

async function sendStream(to: Settings, lines: readonly Buffer[], signal: AbortSignal): Promise<string> {
  const { host, port, transport, caCertificates } = to;
  const tls = transport === 'tls' ? { ...(caCertificates ? { ca: caCertificates } : {}) } : null;
  const socket = await openSocket({ host, port, tls }, signal);
  try {
    const ended = once(socket, 'close', { signal });
    socket.resume();
    for (const line of lines) socket.write(Buffer.concat([Buffer.from(`${line.length} `), line]));
    // The receiver has all of it when it closes its side, too.
    socket.end();
    await ended;
    if (socket.errored) throw socket.errored;
  } catch (error) {
    throw new ChannelError(`${host}:${port} broke off: ${error instanceof Error ? error.message : error}`);
  } finally {
    socket.destroy();
  }
  return `${sizeOf(lines)} sent over ${transport.toUpperCase()}; the collector took it and closed. Syslog has no other answer.`;
}

const sizeOf = (lines: readonly Buffer[]): string =>
  `${lines.length === 1 ? 'One line' : `${lines.length} lines`}, ${lines.reduce((sum, line) => sum + line.length, 0)} bytes,`;

import nodemailer from 'nodemailer';
import { z } from 'zod';
import { certificateField, httpSettings } from './http-post.ts';
import { digestOf } from './message.ts';
import { openSocket } from './socket.ts';
import { clipped, escapedHtml, visibleLine } from './text.ts';
import { type Batch, ChannelError, type ChannelKind } from './types.ts';

const address = z.email('Write e-mail addresses as name@example.org.').max(320);
const settings = z.strictObject({
  url: z
    .string()
    .trim()
    .max(500)
    .refine(
      (text) => isMailUrl(text),
      'Write it as smtp://user@mail.example:587 or smtps://user@mail.example.',
    )
    .refine(
      (text) => !URL.parse(text)?.password,
      'Leave the password out of the address; it has a field of its own.',
    ),
  encryption: z.enum(['starttls', 'none']),
  from: address,
  to: z.array(address).min(1, 'Give at least one recipient.').max(50),
  caCertificates: httpSettings.caCertificates,
});
const secrets = z.strictObject({ password: z.string().max(1_000).optional() });
type Settings = z.output<typeof settings>;

function isMailUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== '';
}

/** SMTP (RFC 5321), TLS from the start (RFC 8314) or by STARTTLS (RFC 3207). */
export const email: ChannelKind<Settings, z.output<typeof secrets>> = {
  kind: 'email',
  label: 'E-mail',
  description: 'A mail as text and HTML, through your SMTP server.',
  fields: [
    {
      name: 'url',
      label: 'SMTP server',
      hint: 'smtp://user@mail.example:587, or smtps:// for TLS from the start.',
      input: 'text',
      isSecret: false,
      isRequired: true,
    },
    {
      name: 'encryption',
      label: 'Encryption with smtp://',
      hint: null,
      input: 'choice',
      isSecret: false,
      isRequired: true,
      initial: 'starttls',
      choices: [
        { value: 'starttls', label: 'STARTTLS, or nothing is sent' },
        { value: 'none', label: 'none: for a relay on this machine; no password is sent' },
      ],
    },
    { name: 'from', label: 'From', hint: null, input: 'text', isSecret: false, isRequired: true },
    {
      name: 'to',
      label: 'To',
      hint: 'One address a line.',
      input: 'list',
      isSecret: false,
      isRequired: true,
    },
    certificateField,
    { name: 'password', label: 'Password', hint: null, input: 'text', isSecret: true, isRequired: false },
  ],
  settings,
  secrets,
  send: async (batch, to, { password }, { signal, now }) => {
    const url = new URL(to.url);
    const isTls = url.protocol === 'smtps:';
    if (password !== undefined && !isTls && to.encryption === 'none')
      throw new ChannelError(
        'A password is only sent over an encrypted connection. Choose STARTTLS or smtps://.',
      );
    const port = url.port === '' ? (isTls ? 465 : 587) : Number(url.port);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const user = decodeURIComponent(url.username);
    const tls = to.caCertificates ? { ca: to.caCertificates } : {};
    const connection = await openSocket({ host, port, tls: isTls ? tls : null }, signal);
    const stop = (): void => void connection.destroy();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const transport = nodemailer.createTransport({
        host,
        port,
        secure: isTls,
        requireTLS: !isTls && to.encryption === 'starttls',
        ignoreTLS: !isTls && to.encryption === 'none',
        tls,
        ...(user === '' && password === undefined ? {} : { auth: { user, pass: password ?? '' } }),
        disableFileAccess: true,
        disableUrlAccess: true,
        getSocket: (_, callback) => callback(null, { connection, secured: isTls }),
      });
      const { response, rejected } = await transport.sendMail(mailOf(batch, to, now));
      const refused = rejected.length > 0 ? ` Refused: ${rejected.map(String).join(', ')}.` : '';
      return visibleLine(`SMTP ${response}${refused}`);
    } catch (error) {
      throw explained(error, `${host}:${port}`);
    } finally {
      signal.removeEventListener('abort', stop);
      connection.destroy();
    }
  },
};

/** A refusal for good of this message (RFC 5321, 4.2.1: 5yz after DATA); of the sign-in or an address, others may mend it. */
function explained(error: unknown, server: string): ChannelError {
  const { message, code, responseCode, command } = error as Error & {
    code?: string;
    responseCode?: number;
    command?: string;
  };
  const isFinal = code === 'EMESSAGE' && command === 'DATA' && (responseCode ?? 0) >= 500;
  return new ChannelError(visibleLine(`${server}: ${message}`), { isFinal });
}

function mailOf(batch: Batch, { from, to }: Settings, now: Date) {
  const { subject, text, html } = contentOf(batch);
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    from: { name: 'Jobsight', address: from },
    to: [...to],
    // nodemailer encodes it (RFC 2047); title and digest are single lines already.
    subject: clipped(visibleLine(subject), 200),
    date: now,
    messageId: `<${batch.id}@${domain}>`,
    // RFC 3834: no answers from machines.
    headers: { 'Auto-Submitted': 'auto-generated' },
    text,
    html: `<!doctype html><html lang="en"><body style="font-family:sans-serif">${html}</body></html>`,
  };
}

function contentOf({ messages }: Batch): { subject: string; text: string; html: string } {
  const [{ title, body, link }] = messages;
  if (messages.length === 1)
    return {
      subject: title,
      text: `${title}\n\n${body}\n\n${link}\n`,
      html: `<h2>${escapedHtml(title)}</h2>${body
        .split('\n')
        .map((line) => `<p>${escapedHtml(line)}</p>`)
        .join('')}<p>${anchor(link, 'Open in Jobsight')}</p>`,
    };
  const { title: subject, lines } = digestOf(messages);
  return {
    subject,
    text: `${subject}\n\n${lines.map((line) => `- ${line.text}\n  ${line.link}`).join('\n')}\n`,
    html: `<h2>${escapedHtml(subject)}</h2><ul>${lines
      .map((line) => `<li>${escapedHtml(line.text)} ${anchor(line.link, 'Open')}</li>`)
      .join('')}</ul>`,
  };
}

const anchor = (link: string, label: string): string => `<a href="${escapedHtml(link)}">${label}</a>`;

/** A certificate that a server signs for itself (RFC 5280), in DER (X.690): Node reads certificates but makes none. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const DAY_MS = 86_400_000;
/** Longer ones are refused by some clients, even when they are trusted. */
const VALID_DAYS = 825;

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;
/** ecdsa-with-SHA256, 1.2.840.10045.4.3.2 (RFC 5758). */
const ECDSA_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex');

/** Certificate and key as one PEM text. @param hostNames ASCII names that clients call the server by */
export function makeSelfSigned(hostNames: readonly string[], now = new Date()): string {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(SEQUENCE, ECDSA_SHA256);
  const name = der(
    SEQUENCE,
    der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, Buffer.from('Jobsight collector')))),
  );
  const names = hostNames.map((host) => der(0x82, Buffer.from(host, 'latin1')));
  const loopback = der(0x87, Buffer.from([127, 0, 0, 1]));
  const alternatives = der(OCTET_STRING, der(SEQUENCE, ...names, loopback));
  const content = der(
    SEQUENCE,
    // Version 3.
    der(0xa0, der(INTEGER, Buffer.from([2]))),
    // The first byte keeps it positive and not zero.
    der(INTEGER, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    der(SEQUENCE, utcTime(new Date(now.getTime() - DAY_MS)), utcTime(validUntil(now))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(SEQUENCE, der(SEQUENCE, SUBJECT_ALT_NAME, alternatives))),
  );
  const signature = der(BIT_STRING, Buffer.from([0]), sign('sha256', content, privateKey));
  const certificate = der(SEQUENCE, content, algorithm, signature).toString('base64');
  const lines = certificate.match(/.{1,64}/g)?.join('\n') ?? '';
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n${key}`;
}

function validUntil(now: Date): Date {
  return new Date(now.getTime() + (VALID_DAYS - 1) * DAY_MS);
}

/** UTCTime holds years up to 2049. */
function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/\D/g, '').slice(2, 14);
  return der(UTC_TIME, Buffer.from(`${digits}Z`));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const digits = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, 0x80 | digits.length, ...digits]), content]);
}

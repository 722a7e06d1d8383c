/** What a manager may say about a source; shared by form, action, API and OpenAPI. */
import { CronExpressionParser } from 'cron-parser';
import { z } from 'zod';
import { textLine } from '#lib/inputs.ts';
import { isTimeZone } from '#lib/spl/time-format.ts';

const line = textLine(200);

const zone = z.string().max(100).refine(isTimeZone, 'This is no time zone, such as UTC or Europe/Berlin.');

const cron = z
  .string()
  .trim()
  .max(100)
  .refine(isCron, 'Write a cron expression of five fields, for example */5 * * * * for every five minutes.')
  .nullable();

function isCron(text: string): boolean {
  if (text.split(/\s+/).length !== 5) return false;
  try {
    CronExpressionParser.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Certificate authorities in PEM form. */
export const certificates = z
  .string()
  .trim()
  .max(200_000)
  .refine((text) => /-----BEGIN CERTIFICATE-----/.test(text), 'Paste certificates in PEM form.');

export const proxyAddress = z
  .string()
  .trim()
  .max(500)
  .refine(
    (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
    'Write it as http://proxy.example:3128.',
  )
  .refine((text) => !URL.parse(text)?.password, 'A proxy with a password cannot be used.');

/** Whatever the kind asks for; the kind checks it. */
const kindFields = z.record(
  z.string().max(100),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
);

export const LOOK_BACK_MAX_MINUTES = 7 * 24 * 60;
export const TLS_REASON_MIN = 20;

const connection = {
  settings: kindFields,
  caCertificates: certificates.nullable(),
  proxyUrl: proxyAddress.nullable(),
  /** Why TLS certificates are not verified; null: they are. */
  tlsOffReason: line
    .refine((text) => text.length >= TLS_REASON_MIN, `Say why in at least ${TLS_REASON_MIN} characters.`)
    .nullable(),
};

export const newSource = z.strictObject({
  kind: z.string().min(1).max(50),
  name: line.refine((text) => text !== '', 'Give the source a name.'),
  ...connection,
  secrets: kindFields,
  isEnabled: z.boolean().default(true),
  cron,
  zone: zone.default('UTC'),
  lookBackMinutes: z.int().min(0).max(LOOK_BACK_MAX_MINUTES).default(60),
});
export type NewSource = z.output<typeof newSource>;

export const sourceChange = z.strictObject({
  /** The version that the change was made on; another version is a conflict. */
  version: z.int().min(1),
  name: newSource.shape.name.optional(),
  settings: kindFields.optional(),
  caCertificates: certificates.nullable().optional(),
  proxyUrl: proxyAddress.nullable().optional(),
  tlsOffReason: connection.tlsOffReason.optional(),
  /** New ones; without it the stored ones stay. They are never given out. */
  secrets: kindFields.optional(),
  isEnabled: z.boolean().optional(),
  cron: cron.optional(),
  zone: zone.optional(),
  lookBackMinutes: z.int().min(0).max(LOOK_BACK_MAX_MINUTES).optional(),
});
export type SourceChange = z.output<typeof sourceChange>;

export const SLICES_MAX = 2_000;

export const backfillInput = z
  .strictObject({
    from: z.iso.datetime({ offset: true }),
    to: z.iso.datetime({ offset: true }),
    sliceHours: z
      .int()
      .min(1)
      .max(24 * 31)
      .default(24),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
    path: ['to'],
    message: 'The end must be after the beginning.',
  })
  .refine(
    ({ from, to, sliceHours }) =>
      (Date.parse(to) - Date.parse(from)) / (sliceHours * 3_600_000) <= SLICES_MAX,
    { path: ['sliceHours'], message: `That makes more than ${SLICES_MAX} slices; take longer ones.` },
  );
export type BackfillInput = z.output<typeof backfillInput>;

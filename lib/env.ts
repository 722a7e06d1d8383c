/**
 * The environment variables that Jobsight reads, checked in one place. Every entry stands in .env.example too
 * (a test compares them).
 */
import { resolve } from 'node:path';
import * as z from 'zod';

const PREFIX = 'JOBSIGHT_';

const isPostgresUrl = (text: string) => /^postgres(ql)?:$/.test(URL.parse(text)?.protocol ?? '');

const envSchema = z
  .object({
    PORT: z.coerce
      .number('PORT must be a number from 1 to 65535.')
      .int('PORT must be a whole number.')
      .min(1, 'PORT must be a number from 1 to 65535.')
      .max(65_535, 'PORT must be a number from 1 to 65535.')
      .default(3000),
    HOST: z.string().default('127.0.0.1'),
    /** Folder of everything that an instance keeps; absolute after parsing. */
    JOBSIGHT_DATA: z
      .string()
      .default('./.data')
      .transform((path) => resolve(path)),
    DATABASE_URL: z
      .string()
      .refine(isPostgresUrl, 'DATABASE_URL must look like postgresql://user:password@host:5432/name.')
      .optional(),
    JOBSIGHT_ADMIN_EMAIL: z.email('JOBSIGHT_ADMIN_EMAIL must be an e-mail address.').optional(),
    JOBSIGHT_ADMIN_PASSWORD: z
      .string()
      .min(12, 'JOBSIGHT_ADMIN_PASSWORD must have at least 12 characters.')
      .optional(),
    JOBSIGHT_SECRET: z.string().min(32, 'JOBSIGHT_SECRET must have at least 32 characters.').optional(),
    /** The secret before, for one start after a change: secrets of sources are encrypted anew. */
    JOBSIGHT_OLD_SECRET: z.string().optional(),
    /** Port that receives live input with TLS; without it, only the main port does. */
    JOBSIGHT_HEC_PORT: z.coerce
      .number('JOBSIGHT_HEC_PORT must be a number from 1 to 65535.')
      .int('JOBSIGHT_HEC_PORT must be a whole number.')
      .min(1, 'JOBSIGHT_HEC_PORT must be a number from 1 to 65535.')
      .max(65_535, 'JOBSIGHT_HEC_PORT must be a number from 1 to 65535.')
      .optional(),
    /** PEM file with certificate and key; absolute after parsing. */
    JOBSIGHT_HEC_CERT: z
      .string()
      .transform((path) => resolve(path))
      .optional(),
  })
  .refine((env) => env.JOBSIGHT_HEC_CERT === undefined || env.JOBSIGHT_HEC_PORT !== undefined, {
    message: 'Set JOBSIGHT_HEC_PORT too, for example to 8088, when JOBSIGHT_HEC_CERT is set.',
  })
  .refine((env) => env.JOBSIGHT_HEC_PORT === undefined || env.JOBSIGHT_HEC_PORT !== env.PORT, {
    message: 'JOBSIGHT_HEC_PORT must differ from PORT.',
  })
  .refine((env) => (env.JOBSIGHT_ADMIN_EMAIL === undefined) === (env.JOBSIGHT_ADMIN_PASSWORD === undefined), {
    message: 'Set JOBSIGHT_ADMIN_EMAIL and JOBSIGHT_ADMIN_PASSWORD together, or neither.',
  });

export type Env = z.infer<typeof envSchema>;

/** Names of every variable that is read, in the order of .env.example. */
export const ENV_NAMES: readonly string[] = Object.keys(envSchema.shape);

/** A variable is wrong; the message names it and says what it must be. Never holds a value, which may be secret. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
}

/** Parses variables; an empty value counts as not set. Throws EnvError for the first mistake. */
export function parseEnv(source: Readonly<Record<string, string | undefined>>): Env {
  const given = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ''),
  );
  const unknown = Object.keys(given).find((name) => name.startsWith(PREFIX) && !ENV_NAMES.includes(name));
  if (unknown !== undefined) {
    throw new EnvError(`${unknown} is not a variable of Jobsight. Known are ${ENV_NAMES.join(', ')}.`);
  }
  const result = envSchema.safeParse(given);
  if (!result.success) throw new EnvError(result.error.issues[0]?.message ?? 'The environment is not valid.');
  return result.data;
}

/** The variables of this process, as they are now. Throws EnvError. */
export function env(): Env {
  return parseEnv(process.env);
}

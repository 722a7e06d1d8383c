import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Env, env } from '#lib/env.ts';
import { ROOT } from './paths.ts';

/** The checked environment, with what the file .env adds. Throws EnvError. */
export function loadEnvironment(): Env {
  const file = join(ROOT, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  return env();
}

/**
 * Runs before every test file: names a database of its own before anything imports lib/db/client.ts. It exists only
 * in files that call `useTestDatabase()`.
 */
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';

const url = new URL(inject('templateUrl'));
url.pathname = `/test_${randomBytes(8).toString('hex')}`;
process.env.DATABASE_URL = url.href;

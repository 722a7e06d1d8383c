import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type DatabaseFailure, databaseFailure } from '#lib/db/failure.ts';
import { AppError, ERROR_STATUS, type ErrorCode } from '#lib/errors.ts';
import { log } from '#lib/log.ts';
import { jsonResponse } from './json.ts';

export type ErrorInfo = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
};

const FAILURES: Readonly<Record<DatabaseFailure, string>> = {
  'disk-full': 'The disk is full. Free some space; then try again.',
  unreachable: 'The database does not answer. Try again in a moment.',
};

/** What a user may know of an error. An unexpected one is logged under a reference that the user can quote. */
export function errorInfo(error: unknown): ErrorInfo {
  if (error instanceof AppError) return { code: error.code, message: error.message, details: error.details };
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    return {
      code: 'invalid-input',
      message: issue?.message ?? 'The input is not valid.',
      details: { field: issue?.path.map(String).join('.') },
    };
  }
  const failure = databaseFailure(error);
  if (failure) {
    log.error({ err: error }, 'the database cannot do its work');
    return { code: 'unavailable', message: FAILURES[failure] };
  }
  const reference = randomUUID();
  log.error({ err: error, reference }, 'unexpected error');
  return {
    code: 'internal',
    message: `Something went wrong. Tell your administrator the reference ${reference}.`,
  };
}

/** RFC 9457, Problem Details for HTTP APIs. */
export function problemResponse(error: unknown): Response {
  const { code, message, details } = errorInfo(error);
  const status = ERROR_STATUS[code];
  const problem = { type: `urn:jobsight:problem:${code}`, title: code, status, detail: message, details };
  const response = jsonResponse(problem, status, 'application/problem+json');
  // RFC 9110: a 401 names how to sign in.
  if (code === 'not-signed-in') response.headers.set('www-authenticate', 'Bearer realm="jobsight"');
  return response;
}

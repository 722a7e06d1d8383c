import { AppError } from '#lib/errors.ts';
import { auth, TOO_MANY_ATTEMPTS } from './auth.ts';
import type { SignInInput } from './inputs.ts';

/**
 * Opens a session; inside a Next action its cookie is set on the answer. Throws AppError with a message for the form:
 * `not-signed-in` for a wrong e-mail or password (never which), `forbidden` for a disabled account, `too-many-requests`.
 */
export async function signInWithPassword(headers: Headers, input: SignInInput): Promise<void> {
  await auth()
    .api.signInEmail({ body: { email: input.email, password: input.password }, headers })
    .catch((error: unknown) => {
      switch (statusOf(error)) {
        case 400:
        case 401:
          throw new AppError('not-signed-in', 'E-mail and password do not belong together.');
        case 403:
          throw new AppError('forbidden', 'This account is disabled. Ask your administrator.');
        case 429:
          throw new AppError('too-many-requests', TOO_MANY_ATTEMPTS);
        default:
          throw error;
      }
    });
}

/** better-auth throws errors with an HTTP status. */
function statusOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : null;
}

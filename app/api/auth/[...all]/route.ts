import { auth } from '#lib/auth/auth.ts';
import { AppError } from '#lib/errors.ts';
import { problemResponse } from '#lib/http/problem.ts';
import { assertSameOrigin } from '#lib/http/same-origin.ts';

/**
 * The endpoints of better-auth that programs with a cookie may need. All others stay shut: users and tokens are managed
 * through lib/auth, which checks roles and writes the audit.
 */
const OPEN = new Set(['GET /get-session', 'POST /sign-in/email', 'POST /sign-out']);

async function handle(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.replace(/^\/api\/auth/, '');
  if (!OPEN.has(`${request.method} ${path}`)) {
    return problemResponse(new AppError('not-found', 'There is nothing at this address.'));
  }
  try {
    if (request.method !== 'GET') assertSameOrigin(request);
    return await auth().handler(request);
  } catch (error) {
    return problemResponse(error);
  }
}

export { handle as GET, handle as POST };

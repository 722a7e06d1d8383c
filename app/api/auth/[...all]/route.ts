import { toNextJsHandler } from 'better-auth/next-js';
import { auth } from '#lib/auth/auth.ts';

/** better-auth's own endpoints; the screens use server actions, this serves sign-out and sessions. */
export async function GET(request: Request): Promise<Response> {
  return toNextJsHandler(auth()).GET(request);
}

export async function POST(request: Request): Promise<Response> {
  return toNextJsHandler(auth()).POST(request);
}

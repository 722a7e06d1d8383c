import { randomBytes } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';
import { SESSION_COOKIE } from '#lib/auth/cookie.ts';
import { PATH_HEADER, signInAddress } from '#lib/auth/next-path.ts';
import { PAGE_HEADERS } from '#lib/http/headers.ts';

const OPEN_PAGES = new Set(['/sign-in', '/setup']);

/**
 * Before every page: sends a browser without a session cookie to the sign-in (whether a cookie is worth anything is
 * checked where data is read) and sets the security headers. Scripts and style elements need the request's nonce; charts
 * and tables set style attributes, hence style-src-attr. Uploads and the API are not matched: a proxy cuts bodies at 10 MB.
 */
export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  const isVisit = request.method === 'GET' || request.method === 'HEAD';
  if (isVisit && !OPEN_PAGES.has(pathname) && !request.cookies.has(SESSION_COOKIE)) {
    return NextResponse.redirect(new URL(signInAddress(pathname + search), request.url));
  }
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set('content-security-policy', policy);
  headers.set(PATH_HEADER, pathname + search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  for (const [name, value] of Object.entries(PAGE_HEADERS)) response.headers.set(name, value);
  return response;
}

export const config = {
  matcher: ['/((?!api/|services/|_next/static|favicon.svg|healthz|readyz|metrics).*)'],
};

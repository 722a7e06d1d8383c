import { AppError } from '#lib/errors.ts';

/**
 * A page of another site must not act with the user's cookie (Fetch standard, Origin and Sec-Fetch-Site). A reverse proxy
 * that changes Host says in X-Forwarded-Host what the browser used, which a page cannot set. Throws AppError `forbidden`.
 */
export function assertSameOrigin({ headers }: Request): void {
  const origin = headers.get('origin');
  const site = headers.get('sec-fetch-site');
  const hosts = [headers.get('host'), headers.get('x-forwarded-host')].filter((host) => host !== null);
  const isSame =
    origin === null ? site === null || site === 'same-origin' : hosts.includes(URL.parse(origin)?.host ?? '');
  if (!isSame) throw new AppError('forbidden', 'The request comes from another site.');
}

/** Where a user wanted to be before the sign-in, carried in its address as `next`. */

/** Request header in which proxy.ts tells pages their own path and search. */
export const PATH_HEADER = 'x-jobsight-path';

const START = '/overview';

/** Address of the sign-in screen that leads back to `path`. */
export function signInAddress(path: string | null): string {
  return path === null || path === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(path)}`;
}

/** Path to go to after the sign-in: never to another site, whatever the address says. */
export function nextPath(given: unknown): string {
  const wanted = typeof given === 'string' ? localPath(given) : null;
  // Read twice: "/.//other.example" becomes "//other.example", which is another site for a browser.
  return wanted !== null && localPath(wanted) === wanted ? wanted : START;
}

/** Path and search of an address of this site, as a browser reads it; null for another site's. */
function localPath(address: string): string | null {
  const origin = 'http://jobsight.invalid';
  const url = URL.parse(address, origin);
  return address.startsWith('/') && url?.origin === origin ? url.pathname + url.search : null;
}

const YEAR_SECONDS = 31_536_000;

/** Keeps what the user prefers in a cookie, which the server reads for the next page. */
export function setPreference(name: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: cookieStore is not in all browsers yet
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
}

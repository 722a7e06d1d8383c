/** The cookie that holds a session. proxy.ts looks whether it is there at all; only lib/auth reads what it says. */
export const COOKIE_PREFIX = 'jobsight';
export const SESSION_COOKIE = `${COOKIE_PREFIX}.session_token`;

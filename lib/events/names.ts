/** What a host is called when a record names none. */
export const UNNAMED_HOST = 'unknown';

/** A host's name as we keep it: lower case, without a trailing dot. */
export function hostName(logged: string | null): string {
  const name = (logged ?? '').trim().toLowerCase().replace(/\.$/, '');
  return name === '' ? UNNAMED_HOST : name;
}

/** `win10-02` of `win10-02.offsec.lan`; an address stays whole. */
export function shortHostName(name: string): string {
  return /^[\d.]+$/.test(name) ? name : (name.split('.')[0] ?? name);
}

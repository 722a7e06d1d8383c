/** Banners that evtx_dump writes before each object. */
const BANNER = /^Record \d{1,20}$/;

/** Whether something else than the marks of a list, blanks and banners stands between objects. */
export function isJunk(text: string): boolean {
  for (const line of text.split('\n')) {
    // Byte order marks of files put together, and the zero bytes of preallocated space.
    const rest = line.replace(/[\s,[\]\ufeff\0]+/g, ' ').trim();
    if (rest !== '' && !BANNER.test(rest)) return true;
  }
  return false;
}

/** Ways in which log sources write the same root key, longest first where one begins another. */
const ROOTS: readonly (readonly [RegExp, string])[] = [
  [/^\\REGISTRY\\MACHINE(?=\\|$)/i, 'HKLM'],
  [/^\\REGISTRY\\USER(?=\\|$)/i, 'HKU'],
  [/^(?:HKEY_LOCAL_MACHINE|HKLM:?|MACHINE)(?=\\|$)/i, 'HKLM'],
  [/^(?:HKEY_USERS|HKU:?)(?=\\|$)/i, 'HKU'],
  [/^(?:HKEY_CURRENT_USER|HKCU:?)(?=\\|$)/i, 'HKCU'],
  [/^(?:HKEY_CLASSES_ROOT|HKCR:?)(?=\\|$)/i, 'HKCR'],
  [/^(?:HKEY_CURRENT_CONFIG|HKCC:?)(?=\\|$)/i, 'HKCC'],
];

/**
 * A registry path in one form, `HKLM\SOFTWARE\…`, for our own comparing and showing; rows keep the path as the source's
 * add-on gives it. Unknown roots stay as they are.
 */
export function canonicalRegistryPath(path: string): string {
  for (const [pattern, root] of ROOTS) {
    if (pattern.test(path)) return path.replace(pattern, root);
  }
  return path;
}

/** The part after the last backslash, and what is before it. */
export function splitRegistryPath(path: string): { parent: string; last: string } {
  const index = path.lastIndexOf('\\');
  return index < 0
    ? { parent: '', last: path }
    : { parent: path.slice(0, index), last: path.slice(index + 1) };
}

/** Field names with `*`, as fields, table, rename, convert and fillnull take them. */
import { compareText } from './value.ts';

/** The texts that the wildcards of the pattern stand for in a name, null when the name does not fit. Case counts. */
function capture(pattern: readonly string[], name: string): string[] | null {
  const [first = '', ...rest] = pattern;
  if (rest.length === 0) return name === first ? [] : null;
  const last = rest.at(-1) ?? '';
  const end = name.length - last.length;
  if (end < first.length || !name.startsWith(first) || !name.endsWith(last)) return null;
  const captures: string[] = [];
  let position = first.length;
  for (const literal of rest.slice(0, -1)) {
    const found = name.indexOf(literal, position);
    if (found < 0 || found + literal.length > end) return null;
    captures.push(name.slice(position, found));
    position = found + literal.length;
  }
  captures.push(name.slice(position, end));
  return captures;
}

export const isWildcard = (name: string): boolean => name.includes('*');

/** The names that fit; a name without a wildcard fits itself, whether it is there or not. */
export function matchNames(pattern: string, names: readonly string[]): string[] {
  if (!isWildcard(pattern)) return [pattern];
  const parts = pattern.split('*');
  return names.filter((name) => capture(parts, name) !== null).sort(compareText);
}

/** Old and new names: `Registry.*` as `*` over [Registry.dest] gives [[Registry.dest, dest]]. Names that stay are left out. */
export function renameNames(
  field: string,
  as: string,
  names: readonly string[],
  isKeepingSame = false,
): (readonly [string, string])[] {
  if (!isWildcard(field)) return [[field, as]];
  const parts = field.split('*');
  const targets = as.split('*');
  const pairs: (readonly [string, string])[] = [];
  for (const name of [...names].sort(compareText)) {
    const captures = capture(parts, name);
    if (captures === null) continue;
    const renamed = targets
      .map((target, index) => (index === 0 ? target : (captures[index - 1] ?? '') + target))
      .join('');
    if (renamed !== '' && (isKeepingSame || renamed !== name)) pairs.push([name, renamed]);
  }
  return pairs;
}

import { hostName } from '#lib/events/names.ts';

/** A host of an investigation under one of its names; joined names have the id of the host that they belong to. */
export type NamedHost = { readonly name: string; readonly id: string };

/**
 * Tells which host a name stands for, null when none or not for certain. A short name is joined to a fully qualified one
 * only when that is the only one that begins with it, whichever of the two the host itself logs.
 *
 * @param named all names that are to be looked up: two domains named for one short host make both uncertain
 */
export function hostResolver(
  hosts: readonly NamedHost[],
  named: Iterable<string>,
): (name: string) => string | null {
  const byName = new Map(hosts.map(({ name, id }) => [name, id]));
  const known = qualifiedByShort(hosts.map(({ name }) => name));
  const wanted = qualifiedByShort([...named].map(hostName));
  return (given) => {
    const name = hostName(given);
    const exact = byName.get(name);
    if (exact !== undefined) return exact;
    if (isAddress(name)) return null;
    const [short = name] = name.split('.', 1);
    const qualified = known.get(short) ?? new Set();
    if (name === short) return qualified.size === 1 ? (byName.get([...qualified][0] ?? '') ?? null) : null;
    return qualified.size === 0 && wanted.get(short)?.size === 1 ? (byName.get(short) ?? null) : null;
  };
}

/** Hosts by their lower-case names: a short one has the full name as its id, where that is the only one. */
export function joinedHosts(names: readonly string[]): readonly NamedHost[] {
  const qualified = qualifiedByShort(names);
  return names.map((name) => {
    const candidates = qualified.get(name);
    const [only = name] = candidates ?? [];
    return { name, id: candidates?.size === 1 ? only : name };
  });
}

function qualifiedByShort(names: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const qualified = new Map<string, Set<string>>();
  for (const name of names) {
    const dot = name.indexOf('.');
    if (dot <= 0 || isAddress(name)) continue;
    const short = name.slice(0, dot);
    const known = qualified.get(short);
    if (known) known.add(name);
    else qualified.set(short, new Set([name]));
  }
  return qualified;
}

function isAddress(name: string): boolean {
  return /^[\d.]+$/.test(name) || name.includes(':');
}

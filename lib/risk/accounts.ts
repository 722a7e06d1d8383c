import { type EntityIndex, placeOf } from './entities.ts';
import type { ObjectAlias } from './types.ts';

/** An account's SID and its name as one event gives both. */
export type SeenAccount = { readonly sid: string; readonly name: string };

/** The one name of an account, and why other names count as it. */
export type AccountName = { readonly name: string; readonly alias: ObjectAlias | null };

/** Domain and local accounts (S-1-5-21-…) and those of Entra ID (S-1-12-1-…); others are the same on every host. */
const ACCOUNT_SID = /^S-1-(?:5-21|12-1)-/i;

export function isAccountSid(name: string): boolean {
  return ACCOUNT_SID.test(name);
}

/**
 * One name for each account that findings name by SID, by domain\name, or by another name of the identity list. A SID stands
 * for a name when all events that give both agree on it, else the names stay apart: what is not certain is not joined.
 * Letters of either case are the same, as in Windows. The same for any order of the names.
 */
export function accountNames(
  logged: Iterable<string>,
  seen: readonly SeenAccount[],
  entities: EntityIndex,
): ReadonlyMap<string, AccountName> {
  const nameOfSid = certainNames(seen);
  const resolved = [...new Set(logged)].sort().map((name) => {
    const fromEvents = isAccountSid(name) ? (nameOfSid.get(name.toLowerCase()) ?? null) : null;
    const row = entities.identity(fromEvents === null ? [name] : [name, fromEvents]);
    const listed = row?.columns.identity ?? [];
    const chosen = listed.find((one) => one.includes('\\')) ?? listed[0] ?? fromEvents ?? name;
    const from =
      row && listed.length > 0 ? placeOf(row) : fromEvents === null ? null : 'events of the evidence';
    return { logged: name, chosen, from };
  });
  // Spellings of one name: the first in order of the alphabet stands for all.
  const spelling = new Map<string, string>();
  for (const { chosen } of resolved.toSorted((a, b) => (a.chosen < b.chosen ? -1 : 1))) {
    const key = chosen.toLowerCase();
    if (!spelling.has(key)) spelling.set(key, chosen);
  }
  return new Map(
    resolved.map(({ logged: name, chosen, from }) => {
      const one = spelling.get(chosen.toLowerCase()) ?? chosen;
      const isOther = one.toLowerCase() !== name.toLowerCase();
      return [name, { name: one, alias: isOther ? { name, from: from ?? 'letters' } : null }];
    }),
  );
}

/** By SID in lower case; only where all events agree. */
function certainNames(seen: readonly SeenAccount[]): ReadonlyMap<string, string> {
  const bySid = Map.groupBy(seen, ({ sid }) => sid.toLowerCase());
  return new Map(
    [...bySid].flatMap(([sid, accounts]) => {
      const names = new Set(accounts.map(({ name }) => name.toLowerCase()));
      const [first] = accounts.map(({ name }) => name).sort();
      return names.size === 1 && first !== undefined ? [[sid, first]] : [];
    }),
  );
}

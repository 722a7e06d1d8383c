import { shortHostName } from '#lib/events/names.ts';
import type { EntityKind } from './types.ts';

/** Columns of the asset and identity lists of Splunk ES ("Format an asset or identity list as a lookup"), and `sid`. */
export const ENTITY_COLUMNS = {
  asset: [
    'ip',
    'mac',
    'nt_host',
    'dns',
    'owner',
    'priority',
    'lat',
    'long',
    'city',
    'country',
    'bunit',
    'category',
    'pci_domain',
    'is_expected',
    'should_timesync',
    'should_update',
    'requires_av',
    'cim_entity_zone',
  ],
  identity: [
    'identity',
    'prefix',
    'nick',
    'first',
    'last',
    'suffix',
    'email',
    'phone',
    'phone2',
    'managedBy',
    'priority',
    'bunit',
    'category',
    'watchlist',
    'startDate',
    'endDate',
    'work_city',
    'work_country',
    'work_lat',
    'work_long',
    'cim_entity_zone',
    'sid',
  ],
} as const satisfies Record<EntityKind, readonly string[]>;

/** What an entry is found by. */
export const KEY_COLUMNS = {
  asset: ['ip', 'mac', 'nt_host', 'dns'],
  identity: ['identity', 'email', 'sid'],
} as const satisfies Record<EntityKind, readonly string[]>;

/** Columns that hold several values, written a|b. */
export const LIST_COLUMNS: readonly string[] = [
  'ip',
  'mac',
  'nt_host',
  'dns',
  'identity',
  'email',
  'sid',
  'bunit',
  'category',
  'pci_domain',
];

export const PRIORITIES = ['unknown', 'informational', 'low', 'medium', 'high', 'critical'] as const;

/** A row of a list; its columns are not empty. */
export type EntityRow = {
  readonly kind: EntityKind;
  /** Lower case. */
  readonly keys: readonly string[];
  readonly columns: Readonly<Record<string, readonly string[]>>;
  readonly fileName: string;
  readonly line: number;
};

/** Finds the row of a system or user by any of its names. Of several the first in the list. */
export class EntityIndex {
  readonly #byKey: Record<EntityKind, Map<string, EntityRow>> = { asset: new Map(), identity: new Map() };

  constructor(rows: readonly EntityRow[]) {
    for (const row of rows) {
      for (const key of row.keys) {
        if (!this.#byKey[row.kind].has(key)) this.#byKey[row.kind].set(key, row);
      }
    }
  }

  /** @param names lower or any case; a host also counts under its name without domain (nt_host). */
  asset(names: readonly string[]): EntityRow | null {
    const lower = names.map((name) => name.toLowerCase());
    return this.#find('asset', [...lower, ...lower.map(shortHostName)]);
  }

  identity(names: readonly string[]): EntityRow | null {
    return this.#find(
      'identity',
      names.map((name) => name.toLowerCase()),
    );
  }

  #find(kind: EntityKind, names: readonly string[]): EntityRow | null {
    for (const name of names) {
      const row = this.#byKey[kind].get(name);
      if (row) return row;
    }
    return null;
  }
}

/** `list.csv, line 3` */
export function placeOf({ fileName, line }: EntityRow): string {
  return `${fileName}, line ${line}`;
}

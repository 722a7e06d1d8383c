'use client';

import { type ReactNode, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, Select } from '#components/ui/input.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { Menu, MenuCheckboxItem, MenuContent, MenuTrigger } from '#components/ui/menu.tsx';
import type { FindingListQuery } from '#lib/findings/inputs.ts';
import type { FindingPage, FindingSort, Person } from '#lib/findings/types.ts';
import { ALWAYS_SHOWN, COLUMN_IDS, COLUMNS } from './column-ids.ts';
import { Facets } from './facets.tsx';
import { FilterChips } from './filter-chips.tsx';
import { FACET_KEYS, sorted, toggled } from './list-url.ts';
import { SearchBox } from './search-box.tsx';
import type { useColumnChoice } from './use-column-choice.ts';

const PAGE_SIZES = [100, 500] as const;
const KEY_HINTS = [
  ['j k', 'move'],
  ['space', 'preview'],
  ['enter', 'open'],
] as const;
const TRIAGE_KEY_HINTS = [
  ['x', 'select'],
  ['a', 'assign'],
  ['e', 'close'],
  ['f', 'filter rule'],
] as const;

type Props = {
  readonly page: FindingPage;
  readonly query: FindingListQuery;
  readonly me: Person;
  readonly columns: ReturnType<typeof useColumnChoice>;
  readonly canTriage: boolean;
  readonly onChange: (query: FindingListQuery) => void;
  readonly onSearch: (q: string) => void;
  /** What can be done with the selection; stands where the keys stand otherwise, so that no row moves. */
  readonly bulk: ReactNode;
};

/** Search, columns, what the list is narrowed to, and the keys. */
export function ListBar({ page, query, me, columns, canTriage, onChange, onSearch, bulk }: Props) {
  return (
    <div className="grid gap-2 px-4 py-2.5">
      <div className="flex flex-wrap items-center gap-2">
        <SearchBox q={query.q ?? ''} onSearch={onSearch} />
        <NarrowDialog page={page} query={query} me={me} onChange={onChange} />
        <span className="flex-1" />
        <Menu>
          <MenuTrigger asChild>
            <Button variant="quiet" className="max-md:hidden">
              Columns
            </Button>
          </MenuTrigger>
          <MenuContent>
            {COLUMN_IDS.filter((id) => id !== ALWAYS_SHOWN).map((id) => (
              <MenuCheckboxItem
                key={id}
                checked={columns.visibility[id]}
                onCheckedChange={() => columns.toggle(id)}
                onSelect={(event) => event.preventDefault()}
              >
                {COLUMNS[id].label}
              </MenuCheckboxItem>
            ))}
          </MenuContent>
        </Menu>
        <span className="flex items-center gap-2 text-text-2 max-md:hidden">
          <span aria-hidden>Rows</span>
          <Select
            aria-label="Rows on a page"
            value={query.limit}
            onChange={(event) => onChange({ ...query, cursor: undefined, limit: Number(event.target.value) })}
          >
            {[...new Set([...PAGE_SIZES, query.limit])].map((size) => (
              <option key={size}>{size}</option>
            ))}
          </Select>
        </span>
      </div>
      <div className="flex min-h-[30px] flex-wrap items-center gap-2">
        <FilterChips query={query} facets={page.facets} meId={me.id} onChange={onChange} />
        <HiddenSwitch page={page} query={query} onChange={onChange} />
        <span className="flex-1" />
        {bulk || <KeyHints canTriage={canTriage} />}
      </div>
    </div>
  );
}

/** What filter rules hide is counted, and one toggle away. */
function HiddenSwitch({ page, query, onChange }: Pick<Props, 'page' | 'query' | 'onChange'>) {
  const show = (hidden: NonNullable<FindingListQuery['hidden']>): void =>
    onChange({ ...query, cursor: undefined, hidden });
  if (query.hidden !== undefined && query.hidden !== 'exclude') {
    return (
      <Button aria-pressed onClick={() => show('exclude')}>
        {query.hidden === 'only' ? 'Only hidden ones are shown' : 'Hidden ones are shown'} · leave out
      </Button>
    );
  }
  if (page.hiddenTotal === 0) return null;
  return (
    <Button aria-pressed={false} variant="quiet" onClick={() => show('include')}>
      {page.hiddenTotal.toLocaleString('en')} hidden by filter rules · show
    </Button>
  );
}

function KeyHints({ canTriage }: { readonly canTriage: boolean }) {
  const hints = [...KEY_HINTS, ...(canTriage ? TRIAGE_KEY_HINTS : []), ['?', 'all'] as const];
  return (
    <span className="flex flex-wrap items-center gap-x-2 text-text-3 max-lg:hidden">
      {hints.map(([keys, what]) => (
        <span key={what} className="flex items-center gap-1">
          {keys.split(' ').map((key) => (
            <Kbd key={key}>{key}</Kbd>
          ))}
          {what}
        </span>
      ))}
    </span>
  );
}

/** On phones: facets and order in a dialog. */
function NarrowDialog({ page, query, me, onChange }: Pick<Props, 'page' | 'query' | 'me' | 'onChange'>) {
  const [open, setOpen] = useState(false);
  const chosen = FACET_KEYS.reduce((sum, key) => sum + (query[key]?.length ?? 0), 0);
  return (
    <div className="md:hidden">
      <Button onClick={() => setOpen(true)}>Filter and sort{chosen > 0 ? ` (${chosen})` : ''}</Button>
      <Dialog open={open} onOpenChange={setOpen} title="Filter and sort">
        <Field label="Order by">
          {(ids) => (
            <Select
              {...ids}
              value={query.sort}
              onChange={(event) => onChange(sorted(query, event.target.value as FindingSort))}
            >
              {COLUMN_IDS.flatMap((id) => {
                const { sort, label } = COLUMNS[id];
                return sort === null
                  ? []
                  : [
                      <option key={id} value={sort}>
                        {label}
                      </option>,
                    ];
              })}
            </Select>
          )}
        </Field>
        <Facets
          facets={page.facets}
          query={query}
          meId={me.id}
          onToggle={(key, value) => onChange(toggled(query, key, value))}
        />
        <Button variant="primary" onClick={() => setOpen(false)}>
          Show {page.total.toLocaleString('en')} of {page.totalAll.toLocaleString('en')}
        </Button>
      </Dialog>
    </div>
  );
}

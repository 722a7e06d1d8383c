'use client';

import type { RowSelectionState } from '@tanstack/react-table';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useCallback, useState, useTransition } from 'react';
import { useKeys } from '#components/shell/keys.ts';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/states.tsx';
import type { FindingListQuery } from '#lib/findings/inputs.ts';
import type { FindingListItem, FindingPage, Person } from '#lib/findings/types.ts';
import { BulkBar, RefusedReport } from './bulk-bar.tsx';
import { CloseDialog } from './close-dialog.tsx';
import { Facets } from './facets.tsx';
import { FindingsTable } from './findings-table.tsx';
import type { ListActions } from './inputs.ts';
import { ListBar } from './list-bar.tsx';
import { cleared, listHref, sorted, toggled, withSearch } from './list-url.ts';
import { canBeFiltered, newFilterHref } from './new-filter.ts';
import { PreviewPane } from './preview-pane.tsx';
import { useBulk } from './use-bulk.ts';
import { useColumnChoice } from './use-column-choice.ts';
import { counted } from './words.ts';

type Props = {
  readonly page: FindingPage;
  readonly query: FindingListQuery;
  readonly me: Person;
  readonly canTriage: boolean;
  readonly actions: ListActions;
};

/** The queue: facets left, list, preview right. What is shown stands in the URL; selection and cursor do not. */
export function FindingsScreen({ page, query, me, canTriage, actions }: Props) {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  const columns = useColumnChoice();
  const bulk = useBulk(actions.change);
  const [selection, setSelection] = useState<RowSelectionState>({});
  const [activeId, setActiveId] = useState<string | null>(null);
  const [isPreviewOpen, setIsPreviewOpen] = useState(false);
  const [isClosing, setIsClosing] = useState(false);

  const { items } = page;
  const activeIndex = items.findIndex((item) => item.id === activeId);
  const active = items[activeIndex];
  const selected = items.filter((item) => selection[item.id]);
  /** What `e` and `a` act on. */
  const targets = selected.length > 0 ? selected : active ? [active] : [];
  const toClose = targets.filter((item) => item.status !== 'closed');
  const toFilter = targets.filter(canBeFiltered);

  const go = useCallback(
    (next: FindingListQuery, how: 'push' | 'replace' = 'push') => {
      setSelection({});
      startTransition(() => router[how](listHref(next), { scroll: false }));
    },
    [router],
  );
  const search = useCallback((q: string) => go(withSearch(query, q), 'replace'), [go, query]);
  const move = (by: number): void => {
    const next = activeIndex < 0 ? 0 : Math.min(items.length - 1, Math.max(0, activeIndex + by));
    setActiveId(items[next]?.id ?? null);
  };
  const toggleSelected = (item: FindingListItem): void => {
    const { [item.id]: isSelected, ...others } = selection;
    setSelection(isSelected ? others : { ...others, [item.id]: true });
  };

  const open = (): void => {
    if (active) router.push(`/findings/${active.number}`);
  };
  const leave = (): void => (isPreviewOpen ? setIsPreviewOpen(false) : setSelection({}));

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ' ': () => {
      if (!active) move(0);
      setIsPreviewOpen((isOpen) => !isOpen);
    },
    Enter: open,
    Escape: leave,
    ...(canTriage && {
      x: () => active && toggleSelected(active),
      e: () => setIsClosing(toClose.length > 0),
      a: () => targets.length > 0 && bulk.assign(targets, me),
      f: () => toFilter.length > 0 && router.push(newFilterHref(toFilter)),
    }),
  });

  return (
    <div className="flex min-h-0 flex-1 flex-col" aria-busy={isPending}>
      <ListBar
        page={page}
        query={query}
        me={me}
        columns={columns}
        onChange={go}
        onSearch={search}
        canTriage={canTriage}
        bulk={
          selected.length > 0 && (
            <BulkBar
              total={selected.length}
              closeTotal={toClose.length}
              isBusy={bulk.isBusy}
              onAssign={() => bulk.assign(selected, me)}
              onClose={() => setIsClosing(true)}
              filterHref={toFilter.length > 0 ? newFilterHref(toFilter) : null}
              onClear={() => setSelection({})}
            />
          )
        }
      />
      <RefusedReport refused={bulk.refused} onForget={bulk.forget} />
      <div className="flex min-h-0 flex-1 border-line border-t">
        <aside
          aria-label="Narrow the list"
          className="w-[200px] shrink-0 overflow-y-auto border-line border-r px-3.5 py-3 max-md:hidden"
        >
          <Facets
            facets={page.facets}
            query={query}
            meId={me.id}
            onToggle={(key, value) => go(toggled(query, key, value))}
          />
        </aside>
        <div className="flex min-w-0 flex-1 flex-col">
          {items.length === 0 ? (
            <NothingHere page={page} onClear={() => go(cleared(query))} />
          ) : (
            <FindingsTable
              items={items}
              query={query}
              visibility={columns.visibility}
              selection={selection}
              onSelect={setSelection}
              canSelect={canTriage}
              activeId={activeId}
              onActivate={setActiveId}
              onSort={(sort) => go(sorted(query, sort))}
            />
          )}
          <Pages page={page} query={query} />
        </div>
        {isPreviewOpen && active && (
          <PreviewPane item={active} preview={actions.preview} onClose={() => setIsPreviewOpen(false)} />
        )}
      </div>
      <CloseDialog
        open={isClosing && toClose.length > 0}
        onOpenChange={setIsClosing}
        title={
          toClose.length === 1
            ? `Close F-${toClose[0]?.number}`
            : `Close ${counted(toClose.length, 'finding')}`
        }
        description={
          toClose.length < targets.length
            ? `${targets.length - toClose.length} of the selected are closed already and stay as they are.`
            : undefined
        }
        onClose={async (closing) => {
          const error = await bulk.close(toClose, closing);
          if (error === null) {
            setIsClosing(false);
            setSelection({});
          }
          return error;
        }}
      />
    </div>
  );
}

function NothingHere({ page, onClear }: { readonly page: FindingPage; readonly onClear: () => void }) {
  if (page.totalAll === 0) {
    return (
      <EmptyState title="No findings yet">
        <p>
          Findings come from evidence. Add Windows event logs; what the detections find in them stands here.
        </p>
        <p className="mt-3">
          <Button asChild variant="primary">
            <Link href="/evidence">Add evidence</Link>
          </Button>
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="Nothing matches">
      <p>{counted(page.totalAll, 'finding')} are here, none of them under these filters.</p>
      <p className="mt-3">
        <Button onClick={onClear}>Clear the filters</Button>
      </p>
    </EmptyState>
  );
}

/** Keyset pages: on from the last row, back through the browser's history. */
function Pages({ page, query }: { readonly page: FindingPage; readonly query: FindingListQuery }) {
  const router = useRouter();
  if (!page.nextCursor && !query.cursor) return null;
  return (
    <nav aria-label="Pages" className="flex items-center gap-2 border-line border-t bg-surface px-4 py-2">
      {query.cursor && (
        <>
          <Button asChild variant="quiet">
            <Link href={listHref({ ...query, cursor: undefined })}>First page</Link>
          </Button>
          <Button onClick={() => router.back()}>Back</Button>
        </>
      )}
      {page.nextCursor && (
        <Button asChild>
          <Link href={listHref({ ...query, cursor: page.nextCursor })} rel="next">
            Next {Math.min(query.limit, page.total)}
          </Link>
        </Button>
      )}
      <span className="text-text-3">{counted(page.items.length, 'finding')} on this page</span>
    </nav>
  );
}

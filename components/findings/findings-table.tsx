'use client';

import { type RowSelectionState, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { cn } from '#components/ui/cn.ts';
import { TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import type { FindingListQuery } from '#lib/findings/inputs.ts';
import type { FindingListItem, FindingSort } from '#lib/findings/types.ts';
import { COLUMN_IDS, COLUMNS, type ColumnId } from './column-ids.ts';
import { columns, features } from './columns.tsx';

const ROW_HEIGHT = 38;
/** Up to so many rows are simply there: for the browser's own search, and before JavaScript runs. */
const ROWS_WITHOUT_VIRTUAL = 150;
const OVERSCAN = 20;

/** Width and, on phones, place in the card. */
const COLUMN_CLASSES: Readonly<Record<ColumnId, string>> = {
  severity: 'w-[124px] max-md:order-1 max-md:w-auto',
  number: 'w-[76px] max-md:order-2 max-md:w-auto',
  sentence: 'min-w-[260px] max-md:order-4 max-md:w-full max-md:min-w-0',
  detection: 'w-[180px] max-w-[180px] truncate max-md:order-5',
  host: 'min-w-[152px] max-w-[200px] truncate max-md:order-5 max-md:min-w-0 max-md:max-w-full',
  user: 'w-[96px] max-w-[110px] truncate max-md:order-6 max-md:w-auto',
  techniques: 'w-[96px] max-md:order-7 max-md:w-auto',
  count: 'w-[64px] text-right max-md:hidden',
  risk: 'w-[52px] text-right max-md:hidden',
  first: 'w-[164px] max-md:order-8 max-md:w-auto',
  last: 'w-[164px] max-md:order-8 max-md:w-auto',
  status: 'w-[104px] max-md:order-3 max-md:w-auto',
  owner: 'w-[96px] max-w-[120px] truncate max-md:order-9 max-md:w-auto',
};

type Props = {
  readonly items: readonly FindingListItem[];
  readonly query: FindingListQuery;
  readonly visibility: Record<ColumnId, boolean>;
  readonly selection: RowSelectionState;
  readonly onSelect: (selection: RowSelectionState) => void;
  readonly canSelect: boolean;
  readonly activeId: string | null;
  readonly onActivate: (id: string) => void;
  readonly onSort: (sort: FindingSort) => void;
};

/** The list. The server sorts and pages; selection is by finding id. On phones each row is a card. */
export function FindingsTable(props: Props) {
  const { items, query, selection, activeId } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const table = useTable({
    features,
    columns,
    data: items as FindingListItem[],
    getRowId: (item) => item.id,
    manualSorting: true,
    enableSortingRemoval: false,
    state: {
      sorting: [{ id: columnOf(query.sort), desc: query.direction === 'desc' }],
      columnVisibility: props.visibility,
      rowSelection: selection,
    },
    onRowSelectionChange: (updater) =>
      props.onSelect(typeof updater === 'function' ? updater(selection) : updater),
  });
  const rows = table.getRowModel().rows;
  const isVirtual = rows.length > ROWS_WITHOUT_VIRTUAL;
  const virtualizer = useVirtualizer({
    count: rows.length,
    enabled: isVirtual,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    initialRect: { width: 0, height: 1_200 },
  });
  const activeIndex = rows.findIndex((row) => row.id === activeId);
  useEffect(() => {
    if (activeIndex < 0) return;
    if (isVirtual) virtualizer.scrollToIndex(activeIndex);
    else scroll.current?.querySelector(`[data-index="${activeIndex}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [activeIndex, isVirtual, virtualizer]);

  const virtualRows = virtualizer.getVirtualItems();
  const shown = isVirtual ? virtualRows.map((virtual) => virtual.index) : rows.map((_, index) => index);
  const before = isVirtual ? (virtualRows[0]?.start ?? 0) : 0;
  const after = isVirtual ? virtualizer.getTotalSize() - (virtualRows.at(-1)?.end ?? 0) : 0;
  const columnTotal = table.getVisibleLeafColumns().length + (props.canSelect ? 1 : 0);

  return (
    <section
      ref={scroll}
      aria-label="List of findings"
      className="relative min-w-0 flex-1 overflow-auto bg-surface max-md:overflow-visible"
    >
      <table className="w-full border-collapse text-left max-md:block" aria-rowcount={rows.length + 1}>
        <TableHeader className="sticky top-0 z-10 shadow-[inset_0_-1px_var(--line)] max-md:hidden">
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {props.canSelect && (
                <TableHead className="w-9">
                  <Checkbox
                    className="align-middle"
                    aria-label="Select all on this page"
                    checked={table.getIsAllRowsSelected()}
                    ref={(box) => {
                      if (box)
                        box.indeterminate = table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected();
                    }}
                    onChange={table.getToggleAllRowsSelectedHandler()}
                  />
                </TableHead>
              )}
              {group.headers.map((header) => (
                <SortHead
                  key={header.id}
                  id={header.column.id as ColumnId}
                  query={query}
                  onSort={props.onSort}
                >
                  <table.FlexRender header={header} />
                </SortHead>
              ))}
            </tr>
          ))}
        </TableHeader>
        <tbody className="max-md:block">
          {before > 0 && <Space height={before} columnTotal={columnTotal} />}
          {shown.map((index) => {
            const row = rows[index];
            if (!row) return null;
            return (
              <TableRow
                key={row.id}
                ref={isVirtual ? virtualizer.measureElement : undefined}
                data-index={index}
                data-state={row.id === activeId ? 'selected' : undefined}
                aria-rowindex={index + 2}
                aria-current={row.id === activeId ? 'true' : undefined}
                className={cn(
                  'max-md:flex max-md:flex-wrap max-md:items-center max-md:gap-x-2 max-md:gap-y-1 max-md:px-4 max-md:py-2.5',
                  row.getIsSelected() && row.id !== activeId && 'bg-raised',
                )}
                onClick={() => props.onActivate(row.id)}
              >
                {props.canSelect && (
                  <TableCell className="max-md:h-auto max-md:p-0">
                    <Checkbox
                      className="align-middle"
                      aria-label={`Select F-${row.original.number}`}
                      checked={row.getIsSelected()}
                      onChange={row.getToggleSelectedHandler()}
                      // After the mouse the keys of the list go on working; typing in a box would hold them.
                      onPointerUp={(event) =>
                        requestAnimationFrame(() => (event.target as HTMLElement).blur())
                      }
                    />
                  </TableCell>
                )}
                {row.getVisibleCells().map((cell) => (
                  <TableCell
                    key={cell.id}
                    className={cn(
                      COLUMN_CLASSES[cell.column.id as ColumnId],
                      'px-2 py-1 max-md:h-auto max-md:p-0',
                    )}
                  >
                    <table.FlexRender cell={cell} />
                  </TableCell>
                ))}
              </TableRow>
            );
          })}
          {after > 0 && <Space height={after} columnTotal={columnTotal} />}
        </tbody>
      </table>
    </section>
  );
}

function SortHead({
  id,
  query,
  onSort,
  children,
}: {
  readonly id: ColumnId;
  readonly query: FindingListQuery;
  readonly onSort: (sort: FindingSort) => void;
  readonly children: React.ReactNode;
}) {
  const { sort } = COLUMNS[id];
  const isSorted = sort === query.sort;
  const direction = query.direction === 'asc' ? 'ascending' : 'descending';
  return (
    <TableHead
      className={cn(COLUMN_CLASSES[id], 'px-2')}
      aria-sort={sort === null ? undefined : isSorted ? direction : 'none'}
    >
      {sort === null ? (
        children
      ) : (
        <button
          type="button"
          onClick={() => onSort(sort)}
          className={cn(
            'inline-flex items-center gap-1 font-medium hover:text-text',
            isSorted && 'text-text',
          )}
        >
          {children}
          <span aria-hidden>{isSorted ? (query.direction === 'asc' ? '↑' : '↓') : ''}</span>
        </button>
      )}
    </TableHead>
  );
}

/** Stands for the rows that are not in the document. */
function Space({ height, columnTotal }: { readonly height: number; readonly columnTotal: number }) {
  return (
    <tr aria-hidden>
      <td colSpan={columnTotal} style={{ height }} />
    </tr>
  );
}

function columnOf(sort: FindingSort): ColumnId {
  return COLUMN_IDS.find((id) => COLUMNS[id].sort === sort) ?? 'first';
}

'use client';

import {
  columnVisibilityFeature,
  createColumnHelper,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
} from '@tanstack/react-table';
import Link from 'next/link';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { StatusChip, TechniqueTag } from '#components/severity/tags.tsx';
import { ColumnTime, Time } from '#components/time/time.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { FindingListItem } from '#lib/findings/types.ts';
import type { Severity } from '#lib/risk/severity.ts';
import { COLUMNS, type ColumnId } from './column-ids.ts';
import { FindingMark } from './finding-mark.tsx';
import { HostLink } from './host-link.tsx';
import { shortUser } from './words.ts';

export const features = tableFeatures({ rowSortingFeature, columnVisibilityFeature, rowSelectionFeature });
const helper = createColumnHelper<typeof features, FindingListItem>();

const sortable = (id: ColumnId) => ({ id, enableSorting: COLUMNS[id].sort !== null });

export const columns = helper.columns([
  helper.accessor('severity', {
    ...sortable('severity'),
    header: COLUMNS.severity.label,
    cell: ({ row }) => (
      <span className="flex items-center gap-1">
        <SeverityBadge severity={row.original.severity} />
        {row.original.chainSeverity && <ChainBadge severity={row.original.chainSeverity} />}
      </span>
    ),
  }),
  helper.accessor('number', {
    ...sortable('number'),
    header: COLUMNS.number.label,
    cell: ({ row }) => <span className="font-mono text-[12px] text-text-2">F-{row.original.number}</span>,
  }),
  helper.accessor('sentence', {
    ...sortable('sentence'),
    header: COLUMNS.sentence.label,
    cell: ({ row }) => <SentenceCell item={row.original} />,
  }),
  helper.accessor('detectionName', {
    ...sortable('detection'),
    header: COLUMNS.detection.label,
    cell: ({ row }) => row.original.detectionName,
  }),
  helper.accessor('dest', {
    ...sortable('host'),
    header: COLUMNS.host.label,
    cell: ({ row }) => <HostLink dest={row.original.dest} hostId={row.original.hostId} />,
  }),
  helper.accessor('user', {
    ...sortable('user'),
    header: COLUMNS.user.label,
    cell: ({ row }) =>
      row.original.user !== null && (
        <span className="font-mono text-[12px]" title={row.original.user}>
          <EvidenceText text={shortUser(row.original.user)} />
        </span>
      ),
  }),
  helper.accessor('techniques', {
    ...sortable('techniques'),
    header: COLUMNS.techniques.label,
    cell: ({ row }) => (
      <span className="flex gap-1">
        {row.original.techniques.map((id) => (
          <TechniqueTag key={id} id={id} />
        ))}
      </span>
    ),
  }),
  helper.accessor('count', {
    ...sortable('count'),
    header: COLUMNS.count.label,
    cell: ({ row }) => row.original.count.toLocaleString('en'),
  }),
  helper.accessor('riskScore', {
    ...sortable('risk'),
    header: COLUMNS.risk.label,
    cell: ({ row }) => (row.original.riskScore === 0 ? '–' : row.original.riskScore),
  }),
  helper.accessor('firstTicks', {
    ...sortable('first'),
    header: () => <ColumnTime>{COLUMNS.first.label}</ColumnTime>,
    cell: ({ row }) => <TimeCell ticks={row.original.firstTicks} />,
  }),
  helper.accessor('lastTicks', {
    ...sortable('last'),
    header: () => <ColumnTime>{COLUMNS.last.label}</ColumnTime>,
    cell: ({ row }) => <TimeCell ticks={row.original.lastTicks} />,
  }),
  helper.accessor('status', {
    ...sortable('status'),
    header: COLUMNS.status.label,
    cell: ({ row }) => <StatusChip status={row.original.status} disposition={row.original.disposition} />,
  }),
  helper.accessor('owner', {
    ...sortable('owner'),
    header: COLUMNS.owner.label,
    cell: ({ row }) => row.original.owner?.name ?? <span className="text-text-3">Nobody</span>,
  }),
]);

function SentenceCell({ item }: { readonly item: FindingListItem }) {
  return (
    <span className="flex items-center gap-1.5">
      <Link
        href={`/findings/${item.number}`}
        title={item.sentence}
        prefetch={false}
        className="line-clamp-2 font-medium text-text md:font-normal"
      >
        <EvidenceText text={item.sentence} />
      </Link>
      <FindingMark mode={item.mode} state={item.state} />
      {item.recurredAt !== null && (
        <span className="shrink-0 text-[12px] text-high" title="New events came after it was closed">
          recurred
        </span>
      )}
    </span>
  );
}

/** The severity of the chain that the finding is a step of; the glyph alone, its words for who cannot see it. */
function ChainBadge({ severity }: { readonly severity: Severity }) {
  return (
    <span title={`In a ${severity} chain`} className="inline-flex">
      <SeverityBadge severity={severity} label="" />
      <span className="sr-only">in a {severity} chain</span>
    </span>
  );
}

function TimeCell({ ticks }: { readonly ticks: string | null }) {
  return (
    <span className="whitespace-nowrap font-mono text-[12px]">
      <Time ticks={ticks} precision={0} />
    </span>
  );
}

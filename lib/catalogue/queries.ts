import { listAudit } from '#lib/audit/queries.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import type { CensusRow } from '#lib/evidence/record.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import type { CatalogueEntry, CatalogueVariant } from './catalogue.ts';
import { currentCatalogue } from './current.ts';
import { descriptionOf } from './description.ts';
import { findEntry } from './entry.ts';
import { hasSigma } from './export.ts';
import { DETECTION_STATUSES, type DetectionListQuery } from './inputs.ts';
import { reprocessProgress } from './progress.ts';
import { SELECTED_MAX } from './settle.ts';
import { kindsOfEvents, problemOf, relevantCount, shownVariant, statusOf } from './status.ts';
import type {
  CoveredHost,
  DetectionDetail,
  DetectionItem,
  DetectionPage,
  DetectionVariantItem,
} from './types.ts';

const investigationId = DEFAULT_INVESTIGATION;
const LISTED_MAX = 500;
const HOSTS_SHOWN = 200;
const HISTORY_SHOWN = 100;

/** All detections that match: enabled ones first, of these those with findings, then by name. */
export async function listDetections(actor: Actor, query: DetectionListQuery): Promise<DetectionPage> {
  requirePermission(actor, 'read');
  const [{ entries }, figures, reprocess] = await Promise.all([
    currentCatalogue(),
    readFigures(),
    reprocessProgress(actor),
  ]);
  const words = (query.q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const matching = entries
    .map((entry) => toItem(entry, figures))
    .filter((item) => {
      const text = [item.name, item.id, item.type, ...item.techniques].join('\n').toLowerCase();
      return words.every((word) => text.includes(word));
    });
  const items = matching
    .filter(({ status }) => query.status === undefined || status === query.status)
    .sort(
      (a, b) =>
        Number(b.isEnabled) - Number(a.isEnabled) ||
        Number(b.findingCount > 0) - Number(a.findingCount > 0) ||
        (a.name < b.name ? -1 : 1),
    );
  const count = (status: DetectionItem['status']): number =>
    matching.filter((item) => item.status === status).length;
  return {
    items: items.slice(0, LISTED_MAX),
    total: items.length,
    byStatus: Object.fromEntries(
      DETECTION_STATUSES.map((status) => [status, count(status)]),
    ) as DetectionPage['byStatus'],
    reprocess,
  };
}

/** Throws AppError `not-found`. */
export async function getDetection(actor: Actor, id: string): Promise<DetectionDetail> {
  requirePermission(actor, 'read');
  const entry = await findEntry(id);
  const description = descriptionOf(entry);
  const shown = shownVariant(entry);
  const [figures, hosts, versions, searches, history] = await Promise.all([
    readFigures(id),
    hostsOf(id, shown?.name ?? ''),
    db.detectionVersion.findMany({
      where: { detectionId: id },
      orderBy: { number: 'desc' },
      include: { file: true },
    }),
    Promise.all(entry.variants.map((variant) => variantItem(entry, variant))),
    listAudit(actor, 'detection', id),
  ]);
  return {
    ...toItem(entry, figures),
    description: description.description,
    howToImplement: description.howToImplement,
    knownFalsePositives: description.knownFalsePositives,
    stories: description.stories,
    dataSources: description.dataSources,
    references: description.references,
    killChain: description.killChain,
    nist: description.nist,
    cis: description.cis,
    risk: {
      impact: description.risk.impact,
      confidence: description.risk.confidence,
      message: description.risk.message,
      objects: description.risk.objects.map(({ field, type }) => ({ field, type })),
      setScore: entry.riskScore,
    },
    wantedVariant: shown?.name ?? null,
    stopped: entry.stopped,
    hasSigma: await hasSigma(entry),
    searches,
    versions: versions.map(({ number, variant, file, createdAt }) => ({
      number,
      variant,
      fileName: fromPostgres(file.name),
      sha256: file.sha256,
      importedBy: file.importedByName,
      importedAt: createdAt.toISOString(),
    })),
    ...hosts,
    blindLabel: shown?.rule?.blindLabel ?? '',
    selectedMax: SELECTED_MAX,
    history: history.slice(0, HISTORY_SHOWN),
  };
}

type Figures = {
  readonly kinds: readonly CensusRow[];
  readonly findings: ReadonlyMap<string, { readonly count: number; readonly lastTicks: bigint | null }>;
  /** Relevant events by detection and variant. */
  readonly relevant: ReadonlyMap<string, number>;
};

/** @param id of one detection, or of all */
async function readFigures(id?: string): Promise<Figures> {
  const [kinds, findings, coverage] = await Promise.all([
    kindsOfEvents(db),
    db.finding.groupBy({
      by: ['detectionId'],
      where: {
        investigationId,
        state: 'active',
        isHidden: false,
        ...(id === undefined ? {} : { detectionId: id }),
      },
      _count: { _all: true },
      _max: { lastTicks: true },
    }),
    db.coverage.groupBy({
      by: ['detectionId', 'variant'],
      ...(id === undefined ? {} : { where: { detectionId: id } }),
      _sum: { relevantCount: true },
    }),
  ]);
  return {
    kinds,
    findings: new Map(
      findings.map((row) => [row.detectionId, { count: row._count._all, lastTicks: row._max.lastTicks }]),
    ),
    relevant: new Map(
      coverage.map((row) => [`${row.detectionId} ${row.variant}`, row._sum.relevantCount ?? 0]),
    ),
  };
}

function toItem(entry: CatalogueEntry, { kinds, findings, relevant }: Figures): DetectionItem {
  const description = descriptionOf(entry);
  const shown = shownVariant(entry);
  const counted = entry.active === null ? undefined : relevant.get(`${entry.id} ${entry.active}`);
  const relevantEvents = counted ?? (shown ? relevantCount(shown, kinds) : 0);
  const found = findings.get(entry.id);
  return {
    id: entry.id,
    name: description.name,
    type: description.type,
    version: description.version,
    isShipped: entry.shipped !== null,
    isEnabled: entry.wanted !== null,
    status: statusOf(entry, relevantEvents),
    problem: shown && problemOf(shown),
    techniques: description.techniques,
    riskScore: entry.riskScore ?? description.risk.score,
    variant: entry.active,
    variants: entry.variants.map(({ name }) => name),
    findingCount: found?.count ?? 0,
    lastTicks: found?.lastTicks?.toString() ?? null,
    relevantCount: relevantEvents,
  };
}

async function variantItem(entry: CatalogueEntry, variant: CatalogueVariant): Promise<DetectionVariantItem> {
  const { name, isShipped, search, rule, key } = variant;
  const unread = key === null ? { files: 0, bytes: 0 } : await unreadFor(key);
  return {
    name,
    isShipped,
    isCounting: entry.active === name,
    search,
    expandedSearch: rule?.search.expandedText ?? null,
    problem: problemOf(variant),
    unreadFiles: unread.files,
    unreadBytes: unread.bytes,
  };
}

/** Stored evidence that was not read for a rule. */
export async function unreadFor(key: string): Promise<{ files: number; bytes: number }> {
  const [row] = await db.$queryRaw<{ files: number; bytes: bigint }[]>`
    SELECT count(*)::int AS files, COALESCE(sum(e.next_offset), 0)::bigint AS bytes FROM evidence e
    WHERE e.status IN ('ready', 'failed') AND NOT EXISTS (
      SELECT 1 FROM evidence_rule r WHERE r.evidence_id = e.id AND r.rule_key = ${key})`;
  return { files: row?.files ?? 0, bytes: Number(row?.bytes ?? 0) };
}

async function hostsOf(
  detectionId: string,
  variant: string,
): Promise<Pick<DetectionDetail, 'covered' | 'blind' | 'coveredTotal' | 'blindTotal'>> {
  const rows = await db.$queryRaw<
    {
      id: string;
      name: string;
      relevant: bigint | null;
      selected: bigint | null;
      first_ticks: bigint | null;
      last_ticks: bigint | null;
    }[]
  >`
    SELECT h.id::text, h.name, sum(c.relevant_count)::bigint AS relevant, sum(c.selected_count)::bigint AS selected,
      min(c.first_ticks) AS first_ticks, max(c.last_ticks) AS last_ticks
    FROM host l JOIN host h ON h.id = COALESCE(l.joined_to_id, l.id)
    LEFT JOIN coverage c ON c.host_id = l.id AND c.detection_id = ${detectionId} AND c.variant = ${variant}
    WHERE h.investigation_id = ${investigationId}
    GROUP BY h.id, h.name ORDER BY selected DESC NULLS LAST, relevant DESC NULLS LAST, h.name`;
  const covered = rows.filter(({ relevant }) => Number(relevant ?? 0) > 0);
  const blind = rows.filter(({ relevant }) => Number(relevant ?? 0) === 0);
  return {
    covered: covered.slice(0, HOSTS_SHOWN).map(
      (row): CoveredHost => ({
        id: row.id,
        name: fromPostgres(row.name),
        relevantCount: Number(row.relevant ?? 0),
        selectedCount: Number(row.selected ?? 0),
        firstTicks: row.first_ticks?.toString() ?? null,
        lastTicks: row.last_ticks?.toString() ?? null,
      }),
    ),
    blind: blind.slice(0, HOSTS_SHOWN).map(({ id, name }) => ({ id, name: fromPostgres(name) })),
    coveredTotal: covered.length,
    blindTotal: blind.length,
  };
}

import type { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres, type JsonValue, jsonFromPostgres } from '#lib/db/postgres-text.ts';
import type { FieldValue } from '#lib/events/event.ts';
import { isAccountSid, type SeenAccount } from './accounts.ts';
import type { RiskFinding } from './risk-events.ts';

type Transaction = Prisma.TransactionClient;

/**
 * Strict findings that are no false or benign positives, also those that filter rules hide: without events, or in another
 * mode, there is no risk.
 */
export async function readRiskFindings(tx: Transaction, investigationId: string): Promise<RiskFinding[]> {
  const [rows, hosts] = [
    await tx.$queryRaw<FindingRow[]>`
      SELECT f.id, f.number, f.detection_id, f.variant, f.host_id::text, f.risk_score, f.filter_factor, f.is_hidden, f.row,
        e.episodes
      FROM finding f CROSS JOIN LATERAL (
        SELECT json_agg(json_build_array(number, start_ticks::text) ORDER BY number) AS episodes
        FROM episode WHERE finding_id = f.id) e
      WHERE f.investigation_id = ${investigationId} AND f.state = 'active' AND f.mode = 'strict'
        AND COALESCE(f.disposition NOT IN ('false_positive', 'benign_positive'), true) AND e.episodes IS NOT NULL
      ORDER BY f.id`,
    await tx.host.findMany({
      where: { investigationId },
      select: { id: true, name: true, joinedToId: true },
    }),
  ];
  const names = new Map<string, string[]>();
  for (const { id, name, joinedToId } of hosts.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const own = names.get(joinedToId ?? id) ?? [];
    names.set(
      joinedToId ?? id,
      joinedToId === null ? [fromPostgres(name), ...own] : [...own, fromPostgres(name)],
    );
  }
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    detectionId: row.detection_id,
    variant: row.variant,
    hostId: row.host_id,
    hostNames: row.host_id === null ? [] : (names.get(row.host_id) ?? []),
    riskScore: row.risk_score,
    filterFactor: row.filter_factor,
    isHidden: row.is_hidden,
    row: new Map(jsonFromPostgres(row.row) as unknown as [string, FieldValue][]),
    episodes: row.episodes.map(([number, startTicks]) => ({ number, startTicks: BigInt(startTicks) })),
  }));
}

type FindingRow = {
  id: string;
  number: number;
  detection_id: string;
  variant: string;
  host_id: string | null;
  risk_score: number;
  filter_factor: number;
  is_hidden: boolean;
  row: JsonValue;
  episodes: [number, string][];
};

/** Security events that give an account's SID and its name, and the fields in which they do. */
const ACCOUNT_EVENTS = [4624, 4657, 4688];
const ACCOUNT_FIELDS = ['Subject', 'Target'].map((of) => [
  `${of}UserSid`,
  `${of}DomainName`,
  `${of}UserName`,
]);

/** What kept events say of the accounts that findings name by SID. */
export async function readSeenAccounts(
  tx: Transaction,
  investigationId: string,
  findings: readonly RiskFinding[],
): Promise<SeenAccount[]> {
  const texts = findings.flatMap(({ row }) => [...row.values()].flatMap((value) => value ?? []));
  const sids = [...new Set(texts.map(String).filter(isAccountSid))];
  if (sids.length === 0) return [];
  const found: SeenAccount[] = [];
  for (const [sidField, domainField, nameField] of ACCOUNT_FIELDS) {
    const rows = await tx.$queryRaw<{ sid: string; domain: string; name: string }[]>`
      SELECT DISTINCT sid, domain, name FROM event e CROSS JOIN LATERAL (
        SELECT max(item->>1) FILTER (WHERE item->>0 = ${sidField}) AS sid,
          max(item->>1) FILTER (WHERE item->>0 = ${domainField}) AS domain,
          max(item->>1) FILTER (WHERE item->>0 = ${nameField}) AS name
        FROM jsonb_array_elements(e.record->'data') item) account
      WHERE e.investigation_id = ${investigationId} AND e.event_code = ANY(${ACCOUNT_EVENTS}) AND e.channel = 'Security'
        AND upper(sid) = ANY(${sids.map((sid) => sid.toUpperCase())}) AND name <> '' AND name <> '-'`;
    for (const { sid, domain, name } of rows) {
      const account = fromPostgres(name);
      const inDomain = domain === null || domain === '' || domain === '-';
      found.push({
        sid: fromPostgres(sid),
        name: inDomain ? account : `${fromPostgres(domain)}\\${account}`,
      });
    }
  }
  return found;
}

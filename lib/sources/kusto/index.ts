import type { DetectionRule } from '#lib/detection/rule.ts';
import type { PullContext, PullRequest, SourceKind, SourceQuery } from '../types.ts';
import { type KustoClient, kustoClient, type QueryApi } from './client.ts';
import { kustoCoverage, kustoQueries, type TableQuery, type Times } from './compile.ts';
import { type PullLimits, pullTables } from './pull.ts';
import {
  addressesOf,
  type DefenderSettings,
  defenderFields,
  defenderSettings,
  type KustoSecrets,
  kustoSecrets,
  type SentinelSettings,
  sentinelFields,
  sentinelSettings,
} from './settings.ts';
import { HUNTING_TABLES, type KustoTable, WORKSPACE_TABLES } from './tables.ts';
import { testSteps } from './test-steps.ts';

const DAY_MS = 86_400_000;
/** Rows of one answer that fit well in memory. */
const ROWS_MAX = 2_000;

/** What Log Analytics and advanced hunting have apart. */
type Service = {
  readonly tables: readonly KustoTable[];
  readonly times: Times;
  readonly timeColumn: string;
  readonly limits: PullLimits;
};

const WORKSPACE: Service = {
  tables: WORKSPACE_TABLES,
  times: { ingestion: 'ingestion_time()', event: 'TimeGenerated', widened: [] },
  timeColumn: 'TimeGenerated',
  // Nothing is retained longer ("Manage data retention in a Log Analytics workspace"); "Azure Monitor service limits".
  limits: { rowMax: ROWS_MAX, serviceRowMax: 500_000, oldestMs: 12 * 366 * DAY_MS },
};
const HUNTING: Service = {
  tables: HUNTING_TABLES,
  times: {
    ingestion: 'coalesce(ingestion_time(), Timestamp)',
    event: 'Timestamp',
    widened: ['rows that do not say when they came in are found by their Timestamp'],
  },
  timeColumn: 'Timestamp',
  // "Advanced hunting quotas and usage parameters".
  limits: { rowMax: ROWS_MAX, serviceRowMax: 100_000, oldestMs: 30 * DAY_MS },
};

/** Microsoft Sentinel: the tables of a Log Analytics workspace, by its query API. */
export const sentinel: SourceKind<SentinelSettings, KustoSecrets> = {
  kind: 'sentinel',
  label: 'Microsoft Sentinel',
  description: 'A Log Analytics workspace, with or without Microsoft Sentinel, by its query API.',
  fields: sentinelFields,
  settings: sentinelSettings,
  ...kindOf<SentinelSettings>(WORKSPACE, (settings) => {
    const { signIn, api } = addresses('sentinel', settings);
    return {
      name: 'Log Analytics',
      signInUrl: signIn,
      address: `${api}/v1/workspaces/${settings.workspaceId}/query`,
      scope: `${api}/.default`,
      queryKey: 'query',
      remedies: {
        rights: 'Give the application the role Log Analytics Reader on the workspace.',
        notFound: 'Check the workspace id: it is on the overview of the workspace, and not its name.',
      },
    };
  }),
};

/** Microsoft Defender XDR: advanced hunting, by Microsoft Graph. */
export const defender: SourceKind<DefenderSettings, KustoSecrets> = {
  kind: 'defender',
  label: 'Microsoft Defender XDR',
  description: 'Advanced hunting over the last 30 days, by Microsoft Graph.',
  fields: defenderFields,
  settings: defenderSettings,
  ...kindOf<DefenderSettings>(HUNTING, (settings) => {
    const { signIn, api } = addresses('defender', settings);
    return {
      name: 'Advanced hunting',
      signInUrl: signIn,
      address: `${api}/v1.0/security/runHuntingQuery`,
      scope: `${api}/.default`,
      queryKey: 'Query',
      remedies: {
        rights:
          'Give the application the permission ThreatHunting.Read.All of Microsoft Graph, and have an administrator consent to it.',
        notFound: 'Check the cloud: not every one has advanced hunting.',
      },
    };
  }),
};

function kindOf<Settings extends DefenderSettings>(
  service: Service,
  apiOf: (settings: Settings) => QueryApi,
) {
  const { tables, times, timeColumn, limits } = service;
  const queriesOf = (rules: readonly DetectionRule[]): readonly TableQuery[] =>
    kustoQueries(tables, rules, times);
  const clientOf = (settings: Settings, secrets: KustoSecrets, context: PullContext): KustoClient =>
    kustoClient(
      apiOf(settings),
      {
        tenantId: settings.tenantId,
        clientId: settings.clientId,
        clientSecret: secrets.clientSecret ?? '',
      },
      context,
    );
  return {
    secrets: kustoSecrets,
    origins: (settings: Settings) => {
      const { signInUrl, address } = apiOf(settings);
      return [...new Set([new URL(signInUrl).origin, new URL(address).origin])];
    },
    coverage: (_: Settings, rules: readonly DetectionRule[]) => kustoCoverage(tables, rules),
    queries: (_: Settings, { rules, nowMs }: PullRequest): readonly SourceQuery[] => {
      const toTicks = BigInt(nowMs) * 10_000n;
      const fromTicks = toTicks - BigInt(DAY_MS) * 10_000n;
      return queriesOf(rules).map(({ over }) => over({ fromTicks, toTicks }, 'ingestion', limits.rowMax));
    },
    test: (settings: Settings, secrets: KustoSecrets, context: PullContext) =>
      testSteps(apiOf(settings), clientOf(settings, secrets, context), tables, timeColumn, Date.now()),
    pull: (settings: Settings, secrets: KustoSecrets, request: PullRequest, context: PullContext) =>
      pullTables(clientOf(settings, secrets, context), queriesOf(request.rules), request, context, limits),
  };
}

function addresses(kind: 'sentinel' | 'defender', settings: DefenderSettings) {
  const found = addressesOf(kind, settings);
  if (!found) throw new Error('The settings were not checked.');
  return { signIn: found.signIn.replace(/\/+$/, ''), api: found.api.replace(/\/+$/, '') };
}

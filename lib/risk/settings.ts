import { z } from 'zod';
import type { Prisma } from '#lib/db/generated/client.ts';

type Database = Pick<Prisma.TransactionClient, 'setting'>;

/** Row of table setting. */
const KEY = 'risk.settings';

const stored = z.object({
  isCapped: z.boolean().default(false),
  disabledRules: z.array(z.string()).default([]),
});

export type RiskSettings = {
  /** Whether a source counts at most three times its highest score. */
  readonly isCapped: boolean;
  /** Ids of shipped incident rules that are switched off. */
  readonly disabledRules: readonly string[];
};

export async function readRiskSettings(tx: Database): Promise<RiskSettings> {
  const row = await tx.setting.findUnique({ where: { key: KEY } });
  return stored.parse(row?.value ?? {});
}

export async function writeRiskSettings(tx: Database, settings: RiskSettings): Promise<void> {
  const value = { isCapped: settings.isCapped, disabledRules: [...settings.disabledRules] };
  await tx.setting.upsert({ where: { key: KEY }, create: { key: KEY, value }, update: { value } });
}

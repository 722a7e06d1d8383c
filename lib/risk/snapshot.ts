import { currentKnowledge } from '#lib/catalogue/current.ts';
import { db } from '#lib/db/client.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { type FilterOn, readFilterHits } from './filter-hits.ts';
import { type RiskModel, readRiskModel } from './model.ts';

export type RiskSnapshot = {
  readonly model: RiskModel;
  readonly hits: ReadonlyMap<string, readonly FilterOn[]>;
};

/** All that risk is computed from at one moment, for questions about it. */
export async function riskSnapshot(): Promise<RiskSnapshot> {
  const { rules } = await currentKnowledge();
  return db.$transaction(
    async (tx) => ({
      model: await readRiskModel(tx, DEFAULT_INVESTIGATION, rules),
      hits: await readFilterHits(tx, DEFAULT_INVESTIGATION),
    }),
    { isolationLevel: 'RepeatableRead', timeout: 60_000 },
  );
}

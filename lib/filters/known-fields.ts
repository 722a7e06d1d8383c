import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import type { Catalogue } from '#lib/catalogue/catalogue.ts';
import { currentCatalogue } from '#lib/catalogue/current.ts';
import { db } from '#lib/db/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { fieldsOfRules } from './fields.ts';
import type { FilterField, NamedCount } from './types.ts';
import { rulesOfDraft } from './validate.ts';

/** Values are counted in the newest findings; a text that is longer is nothing to choose from a list. */
const FINDINGS_MAX = 20_000;
const VALUE_MAX = 200;
const VALUES_SHOWN = 50;

/** Output fields of detections (none: of all) with the most frequent values of stored findings. */
export async function filterFields(
  actor: Actor,
  { detectionIds }: { readonly detectionIds: readonly string[] },
): Promise<FilterField[]> {
  requirePermission(actor, 'read');
  return fieldsWithValues(detectionIds, await currentCatalogue());
}

/** As filterFields; callers have checked the role. */
export async function fieldsWithValues(
  detectionIds: readonly string[],
  catalogue: Catalogue,
): Promise<FilterField[]> {
  const values = await frequentValues(detectionIds);
  return fieldsOfRules(rulesOfDraft({ detectionIds }, catalogue), (name) => values.get(name) ?? []);
}

async function frequentValues(detectionIds: readonly string[]): Promise<ReadonlyMap<string, NamedCount[]>> {
  const rows = await db.$queryRaw<{ name: string; value: string; count: bigint }[]>`
    WITH newest AS (
      SELECT row FROM finding WHERE investigation_id = ${DEFAULT_INVESTIGATION} AND state = 'active'
        AND (cardinality(${[...detectionIds]}::text[]) = 0 OR detection_id = ANY(${[...detectionIds]}))
      ORDER BY number DESC LIMIT ${FINDINGS_MAX}),
    counted AS (
      SELECT pair->>0 AS name, one.value, count(*) AS count
      FROM newest CROSS JOIN LATERAL jsonb_array_elements(newest.row) AS pair
      CROSS JOIN LATERAL jsonb_array_elements_text(
        CASE jsonb_typeof(pair->1) WHEN 'array' THEN pair->1 WHEN 'null' THEN '[]' ELSE jsonb_build_array(pair->1) END
      ) AS one(value)
      WHERE length(one.value) <= ${VALUE_MAX} GROUP BY 1, 2),
    ranked AS (
      SELECT *, row_number() OVER (PARTITION BY name ORDER BY count DESC, value) AS rank FROM counted)
    SELECT name, value, count FROM ranked WHERE rank <= ${VALUES_SHOWN} ORDER BY name, rank`;
  const values = Map.groupBy(rows, ({ name }) => fromPostgres(name));
  return new Map(
    [...values].map(([name, group]) => [
      name,
      group.map(({ value, count }) => ({ name: fromPostgres(value), count: Number(count) })),
    ]),
  );
}

import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import type { Catalogue } from '#lib/catalogue/catalogue.ts';
import { currentCatalogue } from '#lib/catalogue/current.ts';
import { descriptionOf } from '#lib/catalogue/description.ts';
import { db } from '#lib/db/client.ts';
import { draftOfVersion } from './draft.ts';
import type { NamedDetection } from './exchange.ts';
import { rulesToJson } from './json.ts';
import { macrosConf } from './macros-conf.ts';
import type { FileFormat } from './read-file.ts';
import { inForceWhere } from './rules.ts';
import { rulesToSigma } from './sigma-filter.ts';

/** The rules in force as a file. */
export async function exportFilters(
  actor: Actor,
  format: FileFormat,
): Promise<{ readonly fileName: string; readonly text: string }> {
  requirePermission(actor, 'read');
  const versions = await db.filterRuleVersion.findMany({
    where: inForceWhere(new Date()),
    include: { rule: true },
    orderBy: { rule: { number: 'asc' } },
  });
  const rules = versions.map((version) => ({
    id: version.ruleId,
    number: version.rule.number,
    draft: draftOfVersion(version, version.rule.investigationId),
  }));
  const detections = namedDetections(await currentCatalogue());
  switch (format) {
    case 'macros':
      return { fileName: 'macros.conf', text: macrosConf(rules, detections) };
    case 'json':
      return { fileName: 'filters.json', text: rulesToJson(rules, detections) };
    case 'sigma':
      return { fileName: 'filters.yml', text: rulesToSigma(rules) };
  }
}

export function namedDetections({ entries, knowledge }: Catalogue): NamedDetection[] {
  const columns = new Map(knowledge.rules.map(({ id, search }) => [id, search.columns]));
  return entries.map((entry) => {
    const { name, fileName } = descriptionOf(entry);
    return { id: entry.id, name, fileName, columns: columns.get(entry.id) ?? null };
  });
}

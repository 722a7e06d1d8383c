import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import { AppError } from '#lib/errors.ts';
import { parseSigma } from '#lib/sigma/parse.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { descriptionOf, riskInForce } from './description.ts';
import { findEntry } from './entry.ts';
import { isSigma } from './read-file.ts';
import { shownVariant } from './status.ts';

export type ExportForm = 'yaml' | 'sigma';

/** Sigma rules of the shipped detections; the product runs from its root. */
const SIGMA_FOLDER = path.join('lib', 'sigma', 'rules');

/** The detection as a file for others. Throws AppError `not-found` when it has no such form. */
export async function exportDetection(
  actor: Actor,
  id: string,
  form: ExportForm,
): Promise<{ readonly fileName: string; readonly text: string }> {
  requirePermission(actor, 'read');
  const entry = await findEntry(id);
  const stem = descriptionOf(entry).fileName.replace(/[^\w-]+/g, '_');
  if (form === 'yaml') return { fileName: `${stem}.yml`, text: toYaml(entry) };
  const text = await sigmaOf(entry);
  if (text === null) throw new AppError('not-found', 'There is no Sigma rule of this detection.');
  return { fileName: `${stem}.sigma.yml`, text };
}

export async function hasSigma(entry: CatalogueEntry): Promise<boolean> {
  return (await sigmaOf(entry)) !== null;
}

/** In the shape that published detections have had since 2025, with the search that counts. */
function toYaml(entry: CatalogueEntry): string {
  const about = descriptionOf(entry);
  const { score } = riskInForce(entry);
  return stringify(
    {
      name: about.name,
      id: entry.id,
      version: about.version,
      status: 'production',
      type: about.type,
      description: about.description,
      data_source: about.dataSources,
      search: shownVariant(entry)?.search ?? '',
      how_to_implement: about.howToImplement,
      known_false_positives: about.knownFalsePositives,
      references: about.references,
      rba: {
        message: about.risk.message,
        risk_objects: about.risk.objects.map(({ field, type }) => ({ field, type, score })),
        threat_objects: [],
      },
      tags: {
        analytic_story: about.stories,
        asset_type: 'Endpoint',
        mitre_attack_id: about.techniques,
        product: ['Splunk Enterprise', 'Splunk Enterprise Security', 'Splunk Cloud'],
        security_domain: 'endpoint',
      },
    },
    // Aliases for equal lists would be right, and surprising.
    { lineWidth: 110, aliasDuplicateObjects: false },
  );
}

async function sigmaOf(entry: CatalogueEntry): Promise<string | null> {
  if (entry.shipped) return shippedSigma(entry.id);
  const version = await db.detectionVersion.findFirst({
    where: { detectionId: entry.id },
    orderBy: { number: 'desc' },
    select: { file: { select: { body: true } } },
  });
  const text = version && fromPostgres(version.file.body);
  return text !== null && isSigma(text) ? text : null;
}

/** The rule that names the detection as its own id or as what it is derived from. */
async function shippedSigma(id: string): Promise<string | null> {
  const files = await readdir(SIGMA_FOLDER).catch(() => []);
  for (const file of files.filter((name) => /\.ya?ml$/.test(name)).sort()) {
    const text = await readFile(path.join(SIGMA_FOLDER, file), 'utf8');
    const rule = parseSigma(text);
    if (rule.id === id || rule.related.some((one) => one.id === id)) return text;
  }
  return null;
}

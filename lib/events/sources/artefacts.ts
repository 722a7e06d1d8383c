import { ARTEFACT_PROVIDER } from '#lib/evidence/artefact.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { UNNAMED_HOST } from '../names.ts';
import { EQUIVALENT_FIELDS, hiveOf } from './foreign.ts';
import { alias, filledValue, type LogSource } from './source.ts';

/**
 * Registry hives and exports, job files and task files. They are no log: published searches read data models and logs, so
 * that an artefact is in no data model and in no log that they know. Own searches find it by its channel.
 */
export const artefacts: LogSource = {
  name: 'Disk artefacts',
  claims: (_channel, provider) => provider === ARTEFACT_PROVIDER,
  isForeign: true,
  fields: {
    ...EQUIVALENT_FIELDS,
    _raw: rawOf,
    tag: () => null,
    Channel: (record) => record.system.channel,
    source: (record) => record.system.channel,
    sourcetype: () => 'artefact',
    vendor_product: () => 'Microsoft Windows',
    // An artefact does not name its host.
    host: () => UNNAMED_HOST,
    dest: () => UNNAMED_HOST,
    dvc: () => null,
    user: alias('Author'),
    registry_hive: (record) => {
      const path = filledValue(record, 'registry_path');
      return path === null ? null : hiveOf(path);
    },
  },
};

/** The XML of a task; of other artefacts, which are binary, a line for each value. */
function rawOf(record: EvidenceRecord): string {
  const content = filledValue(record, 'TaskContent');
  return content ?? record.data.map(([name, value]) => `${name}=${value}`).join('\n');
}

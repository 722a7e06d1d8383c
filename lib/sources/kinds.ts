import { AppError } from '#lib/errors.ts';
import { elasticsearch, opensearch } from './elastic/index.ts';
import { httpJson } from './http-json/index.ts';
import { defender, sentinel } from './kusto/index.ts';
import { splunk } from './splunk/index.ts';
import type { SourceKind } from './types.ts';

/** Every kind of SIEM. To add one: a folder beside this file, and a line here. */
export const SOURCE_KINDS: readonly SourceKind[] = [
  anyKind(splunk),
  anyKind(elasticsearch),
  anyKind(opensearch),
  anyKind(sentinel),
  anyKind(defender),
  anyKind(httpJson),
];

/** A kind is only given what its own schemas have read, so the types of these may be forgotten. */
function anyKind<Settings, Secrets>(kind: SourceKind<Settings, Secrets>): SourceKind {
  return kind as unknown as SourceKind;
}

/** Throws AppError `invalid-input`. */
export function sourceKind(name: string): SourceKind {
  const kind = SOURCE_KINDS.find((one) => one.kind === name);
  if (!kind) throw new AppError('invalid-input', 'There is no such kind of source.', { field: 'kind' });
  return kind;
}

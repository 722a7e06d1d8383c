import Link from 'next/link';
import type { ReactNode } from 'react';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { EvidenceDetail } from '#lib/custody/types.ts';
import { mappingWords } from './mapping-roles.ts';

/** Forms whose times always name their zone. */
const ZONED_FORMS: ReadonlySet<string> = new Set(['evtx', 'xml', 'hive', 'reg']);

/** What was said of how a file is read, with the way to say it otherwise. */
export function readingFacts(
  evidence: EvidenceDetail,
  mayChange: boolean,
): readonly (readonly [term: string, description: ReactNode])[] {
  const { id, form, timeZone, mapping, isMappable, status, question } = evidence;
  const isRefused = status === 'refused' || form === null;
  const change = (what: string, word: string): ReactNode =>
    mayChange && status !== 'asking' ? <Link href={`/evidence/${id}?change=${what}`}>{word}</Link> : null;
  const facts: (readonly [string, ReactNode])[] = [];
  if (timeZone !== null && !isRefused && !ZONED_FORMS.has(form)) {
    facts.push([
      'Time zone',
      <span key="z" className="flex flex-wrap gap-x-2">
        <span>{timeZone}, for times that name none</span>
        {form !== 'archive' && change('time_zone', 'Change')}
      </span>,
    ]);
  }
  if (isMappable && question !== 'mapping') {
    facts.push([
      'Columns',
      <span key="m" className="flex flex-wrap gap-x-2">
        {mapping === null || mapping === 'as-is' ? (
          <span>under their own names</span>
        ) : (
          <span className="break-words">
            mapped: <EvidenceText text={mappingWords(mapping)} />
          </span>
        )}
        {change('mapping', mapping === null || mapping === 'as-is' ? 'Map them' : 'Change')}
        <Link href="/mappings">All mappings</Link>
      </span>,
    ]);
  }
  return facts;
}

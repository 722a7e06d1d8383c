import Link from 'next/link';
import { plural } from '#components/evidence/format.ts';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { TechniqueTag } from '#components/severity/tags.tsx';
import { Time } from '#components/time/time.tsx';
import { Card, DefinitionList } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { DetectionDetail } from '#lib/catalogue/types.ts';
import { findingSeverity } from '#lib/risk/severity.ts';
import { RiskForm } from './risk-form.tsx';

export function DetectionFacts({
  detail,
  canManage,
}: {
  readonly detail: DetectionDetail;
  readonly canManage: boolean;
}) {
  const { risk } = detail;
  const authorScore = (risk.impact * risk.confidence) / 100;
  return (
    <>
      <Card title="Facts">
        <DefinitionList
          items={[
            ['Type', detail.type],
            [
              'ATT&CK',
              <span key="a" className="flex flex-wrap gap-1">
                {detail.techniques.length === 0
                  ? 'none named'
                  : detail.techniques.map((id) => <TechniqueTag key={id} id={id} />)}
              </span>,
            ],
            [
              'Findings',
              <Link key="f" href={`/findings?detection=${detail.id}`}>
                {plural(detail.findingCount, 'finding')}
              </Link>,
            ],
            ['Last match', <Time key="l" ticks={detail.lastTicks} />],
            ['Looks at', detail.dataSources.join('; ') || 'not said'],
            [
              'In evidence',
              detail.relevantCount === 0
                ? 'none of the stored events'
                : plural(detail.relevantCount, 'stored event'),
            ],
            ['Story', detail.stories.join(', ') || 'none'],
            ['Kill chain', detail.killChain.join(', ') || 'not said'],
            ['NIST', detail.nist.join(', ') || 'not said'],
            ['CIS', detail.cis.join(', ') || 'not said'],
            ['Version', String(detail.version)],
            ['From', detail.isShipped ? 'ships with Jobsight' : 'imported'],
            [
              'Id',
              <code key="i" className="break-all font-mono text-[12px]">
                {detail.id}
              </code>,
            ],
            [
              'References',
              <ul key="r" className="grid gap-1">
                {detail.references.map((reference) => (
                  <li key={reference} className="break-all">
                    <Reference text={reference} />
                  </li>
                ))}
              </ul>,
            ],
          ]}
        />
      </Card>
      <Card
        title="Risk"
        aside={
          <SeverityBadge severity={findingSeverity(detail.riskScore)} label={`risk ${detail.riskScore}`} />
        }
      >
        <div className="grid gap-2">
          <p className="text-text-2">
            {risk.confidence === 100
              ? `Its author says ${authorScore}`
              : `${authorScore} = impact ${risk.impact} × confidence ${risk.confidence} %`}
            {risk.set === null
              ? ''
              : `; a manager set impact ${risk.set.impact} × confidence ${risk.set.confidence} %`}
            , on {risk.objects.map((object) => `${object.field} (${object.type})`).join(', ') || 'nothing'}.
          </p>
          {risk.message !== '' && (
            <p className="text-text-3">
              <EvidenceText text={risk.message} />
            </p>
          )}
          {canManage && <RiskForm key={risk.versions.length} id={detail.id} risk={risk} />}
        </div>
      </Card>
    </>
  );
}

/** Imported text may name any scheme; only the web is a link. */
function Reference({ text }: { readonly text: string }) {
  return /^https?:\/\//i.test(text) ? (
    <a href={text} target="_blank" rel="noreferrer">
      {text}
    </a>
  ) : (
    <EvidenceText text={text} />
  );
}

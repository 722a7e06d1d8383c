import Link from 'next/link';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { TechniqueTag } from '#components/severity/tags.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Card, DefinitionList } from '#components/ui/card.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { CodeBlock } from '#components/ui/evidence-text.tsx';
import { requireActor } from '#lib/auth/current.ts';
import { type CatalogueItem, listDetections } from '#lib/reports/detections.ts';
import { findingSeverity } from '#lib/risk/severity.ts';

export const metadata = { title: 'Detections' };

export default async function DetectionsPage() {
  const detections = await listDetections(await requireActor());
  return (
    <>
      <PageHeader>
        <h1 className="text-[16px]">Detections</h1>
        <span className="text-text-3">{detections.length} installed</span>
      </PageHeader>
      <div className="grid gap-3 p-4 md:px-5">
        {detections.map((detection) => (
          <Detection key={detection.id} detection={detection} />
        ))}
      </div>
    </>
  );
}

function Detection({ detection }: { readonly detection: CatalogueItem }) {
  const search = detection.variants[detection.activeVariant]?.search ?? '';
  return (
    <Card
      id={detection.id}
      title={detection.name}
      className="scroll-mt-16 target:border-accent"
      aside={
        <span className="flex flex-wrap items-center gap-2">
          <Chip>{detection.type}</Chip>
          <SeverityBadge
            severity={findingSeverity(detection.riskScore)}
            label={`risk ${detection.riskScore}`}
          />
          <Link href={`/findings?detection=${detection.id}`}>findings</Link>
        </span>
      }
    >
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_380px]">
        <div className="grid content-start gap-3">
          <p className="max-w-[780px] text-text-2">{detection.description}</p>
          <div>
            <div className="flex items-center gap-1">
              <h3 className="text-text-2">Search, as published in {detection.activeVariant}</h3>
              <CopyButton text={search} label="search" />
            </div>
            <CodeBlock text={search} />
            <details className="pt-2">
              <summary className="text-accent">With all macros written out</summary>
              <CodeBlock text={detection.expandedSearch} className="mt-2" />
            </details>
            {Object.entries(detection.variants)
              .filter(([variant]) => variant !== detection.activeVariant)
              .map(([variant, { search: other }]) => (
                <details key={variant} className="pt-2">
                  <summary className="text-accent">The variant of {variant}, not in force</summary>
                  <CodeBlock text={other} className="mt-2" />
                </details>
              ))}
          </div>
          <div>
            <h3 className="pb-1 text-text-2">How to have the data</h3>
            <p className="max-w-[780px]">{detection.how_to_implement}</p>
          </div>
          <div>
            <h3 className="pb-1 text-text-2">Known false positives</h3>
            <p className="max-w-[780px]">{detection.known_false_positives}</p>
          </div>
        </div>
        <DefinitionList
          items={[
            [
              'ATT&CK',
              <ul key="a" className="grid gap-1">
                {detection.techniqueDetails.map((technique) => (
                  <li key={technique.id}>
                    <TechniqueTag id={technique.id} name={technique.name} /> {technique.name}
                    <span className="text-text-3">
                      {technique.parentId && ` of ${technique.parentId}`} ·{' '}
                      {technique.tactics.map((tactic) => tactic.name).join(', ')}
                    </span>
                  </li>
                ))}
              </ul>,
            ],
            [
              'Risk',
              `${detection.riskScore} = impact ${detection.risk.impact} × confidence ${detection.risk.confidence} %`,
            ],
            ['on', detection.risk.objects.map((object) => `${object.field} (${object.type})`).join(', ')],
            ['Message', detection.risk.message],
            ['Looks at', detection.data_sources.join('; ')],
            [
              'Fields',
              <code key="f" className="font-mono text-[12px]">
                {detection.required_fields.join(', ')}
              </code>,
            ],
            ['Kill chain', detection.kill_chain_phases.join(', ')],
            ['NIST', detection.nist.join(', ')],
            ['CIS', detection.cis.join(', ')],
            ['CVE', detection.cve.length === 0 ? 'none' : detection.cve.join(', ')],
            ['Story', detection.stories.join(', ')],
            ['Version', `${detection.version}, variant ${detection.activeVariant}`],
            [
              'Id',
              <code key="i" className="break-all font-mono text-[12px]">
                {detection.id}
              </code>,
            ],
            [
              'References',
              <ul key="r" className="grid gap-1">
                {detection.references.map((reference) => (
                  <li key={reference} className="break-all">
                    <a href={reference} target="_blank" rel="noreferrer">
                      {reference}
                    </a>
                  </li>
                ))}
              </ul>,
            ],
          ]}
        />
      </div>
    </Card>
  );
}

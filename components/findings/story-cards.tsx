import Link from 'next/link';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { TechniqueTag } from '#components/severity/tags.tsx';
import { Time, ZoneName } from '#components/time/time.tsx';
import { Card } from '#components/ui/card.tsx';
import { cn } from '#components/ui/cn.ts';
import { CodeBlock, EvidenceText } from '#components/ui/evidence-text.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import type { FindingDetail } from '#lib/findings/types.ts';
import type { FindingTexts } from './finding-view.ts';
import type { ReadText } from './inputs.ts';
import { LongTextBlock } from './long-text-block.tsx';
import { counted, modeExplained } from './words.ts';

/** Each term of the search with the text that it matched, and what the search was. */
export function WhyCard({
  finding,
  texts,
  readText,
}: {
  readonly finding: FindingDetail;
  readonly texts: FindingTexts;
  readonly readText: ReadText;
}) {
  const whole = texts.why.filter((why) => why.isWholeValue);
  return (
    <Card title="Why it fired" aria-label="Why it fired">
      <div className="grid gap-3">
        {texts.why
          .filter((why) => !why.isWholeValue)
          .map((why, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same term may match several values; they never change places
            <figure key={index} className="grid min-w-0 gap-1">
              <figcaption className="break-all text-text-3">
                <Term field={why.field} term={why.term} />
              </figcaption>
              <LongTextBlock
                number={finding.number}
                value={why.value}
                label={why.field}
                readText={readText}
              />
            </figure>
          ))}
        {whole.length > 0 && (
          <ul className="grid gap-1 text-text-3">
            {whole.map((why, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same term may match several values; they never change places
              <li key={index} className="break-all">
                <Term field={why.field} term={why.term} />:{' '}
                <mark className="font-mono text-[12px] text-text">
                  <EvidenceText text={why.value.part.text} />
                </mark>
              </li>
            ))}
          </ul>
        )}
      </div>
      {texts.why.length === 0 && (
        <p className="text-text-2">
          {finding.events.length === 0
            ? 'What matched went with the evidence. The fields below are what was kept.'
            : 'No single term tells; the search below as a whole does.'}
        </p>
      )}
      {texts.whyTotal > texts.why.length && (
        <p className="mt-2 text-text-3">
          {counted(texts.whyTotal - texts.why.length, 'more match', 'more matches')}
        </p>
      )}
      <p className="mt-2 text-text-3">{modeExplained(finding.mode, finding.variant, finding.filled)}</p>
      <details className="mt-1">
        <summary className="w-fit text-text-2">The search</summary>
        <CodeBlock text={finding.search} className="mt-1.5" />
      </details>
    </Card>
  );
}

/** `ScriptBlockText matches *x*`, or the term alone when it names its field itself. */
function Term({ field, term }: { readonly field: string; readonly term: string }) {
  return (
    <>
      {!term.startsWith(field) && (
        <>
          <EvidenceText text={field} /> matches{' '}
        </>
      )}
      <code className="font-mono text-[12px] text-text-2">
        <EvidenceText text={term} />
      </code>
    </>
  );
}

/** What else was found on the host that belongs together with this, in order of time. */
export function ChainCard({ finding }: { readonly finding: FindingDetail }) {
  const { chain } = finding;
  if (!chain) return null;
  return (
    <Card
      title="The chain on this host"
      aria-label="The chain on this host"
      aside={
        finding.hostId !== null && (
          <Link href={`/hosts/${finding.hostId}`}>
            open timeline <Kbd>t</Kbd>
          </Link>
        )
      }
    >
      <p className="mb-2 flex flex-wrap items-center gap-2 text-text-2">
        <SeverityBadge severity={chain.severity} /> <EvidenceText text={chain.name} />
        <span className="text-text-3">
          times in <ZoneName />
        </span>
      </p>
      <ol>
        {chain.steps.map((step) => (
          <li
            key={step.findingId}
            aria-current={step.isThis ? 'step' : undefined}
            className={cn(
              'grid gap-x-3 border-line border-t px-1 py-1.5 md:grid-cols-[88px_190px_1fr]',
              step.isThis && 'bg-accent-soft',
            )}
          >
            <span>
              <SeverityBadge severity={step.severity} />
            </span>
            <span className="font-mono text-[12px]">
              <Time ticks={step.ticks} precision={3} />
            </span>
            <span>
              {step.label !== '' && <b className="font-medium">{step.label}: </b>}
              {step.isThis ? (
                <>
                  <EvidenceText text={step.sentence} /> <span className="text-text-3">— this finding</span>
                </>
              ) : (
                <Link href={`/findings/${step.findingNumber}`} prefetch={false}>
                  <EvidenceText text={step.sentence} />
                </Link>
              )}{' '}
              {step.techniques.map((id) => (
                <TechniqueTag key={id} id={id} />
              ))}
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

export function CheckNextCard({ finding }: { readonly finding: FindingDetail }) {
  return (
    <Card title="What to check next" aria-label="What to check next">
      {finding.checkNext.length > 0 && (
        <ul className="grid list-disc gap-1 pl-4 text-text-2">
          {finding.checkNext.map((question) => (
            <li key={question} className="break-words">
              <EvidenceText text={question} />
            </li>
          ))}
        </ul>
      )}
      <p className="mt-2 text-text-3">Known false positives: {finding.knownFalsePositives}</p>
    </Card>
  );
}

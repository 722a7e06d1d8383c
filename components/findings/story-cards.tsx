import Link from 'next/link';
import { Fragment } from 'react';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { TechniqueTag } from '#components/severity/tags.tsx';
import { Time, ZoneName } from '#components/time/time.tsx';
import { Card } from '#components/ui/card.tsx';
import { cn } from '#components/ui/cn.ts';
import { CodeBlock, EvidenceText } from '#components/ui/evidence-text.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import type { ChainStep, FindingDetail } from '#lib/findings/types.ts';
import { FindingMark } from './finding-mark.tsx';
import type { FindingTexts } from './finding-view.ts';
import { HostLink } from './host-link.tsx';
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
      <DecodingSteps steps={finding.decoding} />
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
      <p className="mt-2 text-text-3">{modeExplained(finding)}</p>
      {finding.mappedFrom.length > 0 && (
        <p className="mt-2 text-text-3">
          Fields mapped from {finding.mappedFrom.join(', ')}; the published search would not match this source
          in Splunk.
        </p>
      )}
      <details className="mt-1">
        <summary className="w-fit text-text-2">The search</summary>
        <CodeBlock text={finding.search} className="mt-1.5" />
      </details>
      <Unmatched detections={finding.unmatched} />
    </Card>
  );
}

/** Why other detections that looked at the same event did not match: the first term that fails. */
function Unmatched({ detections }: { readonly detections: FindingDetail['unmatched'] }) {
  if (detections.length === 0) return null;
  return (
    <details className="mt-1">
      <summary className="w-fit text-text-2">
        Why {counted(detections.length, 'other detection')} did not match
      </summary>
      <ul className="mt-1.5 grid gap-1.5 text-text-3">
        {detections.map(({ detectionId, detectionName, term, field, value }) => (
          <li key={detectionId} className="break-all">
            <Link href={`/detections/${detectionId}`}>{detectionName}</Link>: <StepText text={term} /> does
            not hold
            {field !== null && (
              <>
                , <EvidenceText text={field} />{' '}
                {value === null ? (
                  'is absent'
                ) : (
                  <>
                    is <StepText text={value} />
                  </>
                )}
              </>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

const STEPS_SHOWN = 50;
const STEP_TEXT_SHOWN = 400;

/** From what was logged to what matched. */
function DecodingSteps({ steps }: { readonly steps: FindingDetail['decoding'] }) {
  if (steps.length === 0) return null;
  return (
    <section className="mt-3" aria-label="From what was logged to what matched">
      <h3>From what was logged to what matched</h3>
      <ol className="mt-1 grid list-decimal gap-1.5 pl-5 text-text-3">
        {steps.slice(0, STEPS_SHOWN).map(({ method, before, after }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps never change places
          <li key={index} className="break-all">
            {method}: <StepText text={before} /> became <StepText text={after} />
          </li>
        ))}
      </ol>
      {steps.length > STEPS_SHOWN && (
        <p className="mt-1 text-text-3">{counted(steps.length - STEPS_SHOWN, 'more step')}</p>
      )}
    </section>
  );
}

function StepText({ text }: { readonly text: string }) {
  return (
    <code className="whitespace-pre-wrap font-mono text-[12px] text-text-2">
      <EvidenceText text={text.slice(0, STEP_TEXT_SHOWN)} />
      {text.length > STEP_TEXT_SHOWN && '…'}
    </code>
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

/** The steps of the chain that the finding is, or is part of, in order of time, over all of its hosts. */
export function ChainCard({ finding }: { readonly finding: FindingDetail }) {
  const { chain, otherChains } = finding;
  if (!chain) return null;
  const isChain = chain.findingId === finding.id;
  return (
    <Card
      title="The chain"
      aria-label="The chain"
      aside={
        finding.hostId !== null && (
          <Link href={`/hosts/${finding.hostId}`}>
            open timeline <Kbd>t</Kbd>
          </Link>
        )
      }
    >
      <p className="mb-2 flex flex-wrap items-center gap-2 text-text-2">
        <SeverityBadge severity={chain.severity} />
        {isChain ? (
          <EvidenceText text={chain.name} />
        ) : (
          <Link href={`/findings/${chain.findingNumber}`} className="font-medium">
            <EvidenceText text={chain.sentence} />
          </Link>
        )}
        <span className="text-text-3">
          on{' '}
          {chain.hosts.map((host, index) => (
            <Fragment key={host.id}>
              {index > 0 && ', '}
              <HostLink dest={host.name} hostId={host.id} />
            </Fragment>
          ))}{' '}
          · times in <ZoneName />
        </span>
      </p>
      <ol>
        {chain.steps.map((step) => (
          <ChainStepRow key={`${step.findingId} ${step.label} ${step.host.id}`} step={step} />
        ))}
      </ol>
      {chain.stepTotal > chain.steps.length && (
        <p className="mt-2 text-text-3">{counted(chain.stepTotal - chain.steps.length, 'further step')}</p>
      )}
      {otherChains.length > 0 && (
        <>
          <h3 className="mt-3 text-text-2">Also in</h3>
          <ul className="grid gap-1">
            {otherChains.map((other) => (
              <li key={other.findingId} className="flex items-baseline gap-2">
                <SeverityBadge severity={other.severity} />
                <Link href={`/findings/${other.findingNumber}`} prefetch={false}>
                  <EvidenceText text={other.sentence} />
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

function ChainStepRow({ step }: { readonly step: ChainStep }) {
  return (
    <li
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
        <b className="font-medium">{step.label}</b> on{' '}
        <HostLink dest={step.host.name} hostId={step.host.id} />
        {step.eventCount > 1 && ` (${counted(step.eventCount, 'event')})`}:{' '}
        {step.isThis ? (
          <>
            <EvidenceText text={step.sentence} /> <span className="text-text-3">— this finding</span>
          </>
        ) : (
          <Link href={`/findings/${step.findingNumber}`} prefetch={false}>
            <EvidenceText text={step.sentence} />
          </Link>
        )}{' '}
        <FindingMark mode={step.mode} state="active" />{' '}
        {step.techniques.map((id) => (
          <TechniqueTag key={id} id={id} />
        ))}
      </span>
    </li>
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

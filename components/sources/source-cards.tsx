import Link from 'next/link';
import { OwnTime, Time } from '#components/time/time.tsx';
import { Card } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Progress } from '#components/ui/states.tsx';
import type { BackfillProgress, SourceDetail } from '#lib/sources/plain.ts';
import { durationWords, STEP_STATES, STEP_WORDS } from './words.ts';

/** What the last test said of each step, and how to mend it. */
export function TestCard({ source }: { readonly source: Pick<SourceDetail, 'test' | 'testedAt'> }) {
  return (
    <Card
      title="Connection"
      aside={
        source.testedAt === null ? (
          'not tested yet'
        ) : (
          <>
            tested <OwnTime iso={source.testedAt} />
          </>
        )
      }
      aria-label="Connection"
    >
      {source.test === null ? (
        <p className="text-text-2">
          A test says exactly what works: reach, TLS, sign-in, rights, data, clock.
        </p>
      ) : (
        <ul className="grid gap-2">
          {source.test.map((step) => {
            const state = STEP_STATES[step.state];
            return (
              <li key={`${step.step} ${step.message}`} className="grid grid-cols-[80px_minmax(0,1fr)] gap-2">
                <span className={state.className}>
                  <span aria-hidden>{state.glyph}</span> {STEP_WORDS[step.step]}
                  <span className="sr-only"> {state.word}</span>
                </span>
                <span>
                  <EvidenceText text={step.message} />
                  {step.remedy !== null && <span className="block text-text-2">{step.remedy}</span>}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </Card>
  );
}

/** Which detections the source can answer: blind is not clean. */
export function CoverageCard({ coverage }: Pick<SourceDetail, 'coverage'>) {
  return (
    <Card title="Detections" aside="what this source can answer">
      <ul className="grid gap-2">
        {coverage.map((one) => (
          <li key={one.detectionId}>
            <span className={one.isCovered ? 'text-good' : 'text-medium'}>
              <span aria-hidden>{one.isCovered ? '●' : '○'}</span> {one.isCovered ? 'Covered' : 'Not covered'}
            </span>{' '}
            <Link href={`/detections/${one.detectionId}`}>{one.detectionName}</Link>
            {one.reason !== null && <span className="block text-text-2">{one.reason}</span>}
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** What is asked, as it is sent. */
export function QueriesCard({ queries }: Pick<SourceDetail, 'queries'>) {
  return (
    <Card title="What it is asked" aside="our engine confirms every row">
      <div className="grid gap-3">
        {queries.map((query) => (
          <div key={query.text} className="grid gap-1">
            <pre className="max-h-60 overflow-auto whitespace-pre-wrap break-all rounded bg-raised px-2 py-1.5 font-mono text-[12px]">
              {query.text}
            </pre>
            {query.widened.length > 0 && (
              <p className="text-text-3">Takes more than the detection: {query.widened.join('; ')}.</p>
            )}
          </div>
        ))}
      </div>
    </Card>
  );
}

export function BackfillCard({ backfill }: { readonly backfill: BackfillProgress }) {
  const { sliceDone, sliceTotal, sliceFailed, fromTicks, toTicks, secondsLeft } = backfill;
  return (
    <Card
      title="Back-fill"
      aside={secondsLeft === null ? undefined : `about ${durationWords(secondsLeft)} left`}
      aria-label="Back-fill"
    >
      <div className="grid gap-1.5">
        <Progress value={sliceDone / Math.max(1, sliceTotal)} label="Back-fill" />
        <p className="text-text-2">
          {sliceDone.toLocaleString('en')} of {sliceTotal.toLocaleString('en')} slices of{' '}
          <Time ticks={fromTicks} precision={0} /> to <Time ticks={toTicks} precision={0} />
          {sliceFailed > 0 && <span className="text-critical"> · {sliceFailed} failed</span>}
        </p>
      </div>
    </Card>
  );
}

import Link from 'next/link';
import { objectHref } from '#components/risk/risk-url.ts';
import { SeverityBadge } from '#components/severity/severity-badge.tsx';
import { Time } from '#components/time/time.tsx';
import { Card } from '#components/ui/card.tsx';
import { RISK_THRESHOLD } from '#lib/risk/severity.ts';
import type { HostDetail } from '#lib/timeline/types.ts';

/** The host's highest 24 h, when it was, and every part of its sum. */
export function HostRisk({ host }: { readonly host: HostDetail }) {
  const inPeak = host.riskEvents.filter((event) => event.isInPeak);
  const outside = host.riskEvents.length - inPeak.length;
  return (
    <Card
      title={`Risk ${host.peakScore}`}
      aside={host.peakScore > 0 ? <SeverityBadge severity={host.severity} /> : undefined}
    >
      {inPeak.length === 0 ? (
        <p className="text-text-3">No finding on this host counts for risk.</p>
      ) : (
        <>
          <p className="pb-2 text-text-2">
            The highest sum within 24 hours, from <Time ticks={host.peakStartTicks} precision={0} /> to{' '}
            <Time ticks={host.peakEndTicks} precision={0} />.
          </p>
          <table className="w-full">
            <caption className="sr-only">Parts of the sum</caption>
            <tbody>
              {inPeak.map((event) => (
                <tr key={`${event.findingId} ${event.ticks}`} className="border-b">
                  <td className="py-1.5 pr-2">
                    <Link href={`/findings/${event.findingNumber}`} className="underline">
                      F-{event.findingNumber}
                    </Link>{' '}
                    <span className="text-text-2">{event.detectionName}</span>
                  </td>
                  <td className="py-1.5 text-right">{event.score}</td>
                </tr>
              ))}
              {host.peakScore !== host.peakUncapped && (
                <tr className="border-b">
                  <td className="py-1.5 text-text-2">Stacking cap</td>
                  <td className="py-1.5 text-right">
                    −{Math.round((host.peakUncapped - host.peakScore) * 100) / 100}
                  </td>
                </tr>
              )}
              <tr className="border-b font-semibold">
                <td className="py-1.5">Sum</td>
                <td className="py-1.5 text-right">{host.peakScore}</td>
              </tr>
              <tr>
                <td className="py-1.5 text-text-3">Threshold {RISK_THRESHOLD} in 24 h</td>
                <td className="py-1.5 text-right">
                  {host.peakScore > RISK_THRESHOLD ? (
                    <SeverityBadge severity={host.severity} label="passed" />
                  ) : (
                    'not passed'
                  )}
                </td>
              </tr>
            </tbody>
          </table>
          <p className="pt-1">
            <Link href={objectHref({ type: 'system', name: host.name })}>How it comes about</Link>
          </p>
          {outside > 0 && (
            <p className="pt-1 text-text-3">
              {outside} more outside these 24 hours; {host.totalScore} in all.
            </p>
          )}
        </>
      )}
    </Card>
  );
}

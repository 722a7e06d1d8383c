'use client';

import { CartesianGrid, ReferenceArea, Scatter, ScatterChart, Tooltip, XAxis, YAxis, ZAxis } from 'recharts';
import { useZone } from '#components/time/zone-context.tsx';
import { useWidth } from '#components/timeline/use-width.ts';
import { formatTicks } from '#lib/preferences/zone.ts';
import type { IncidentMemberItem } from '#lib/risk/types.ts';

const HEIGHT = 150;
const TICKS_PER_MS = 10_000n;

/** Scores of the risk events where they stand in time; the table of risk events below has the numbers. */
export function IncidentTimeline({ members }: { readonly members: readonly IncidentMemberItem[] }) {
  const zone = useZone();
  const [ref, width] = useWidth<HTMLDivElement>();
  const points = members.map(({ ticks, score, detectionName, isInPeak }) => ({
    ms: Number(BigInt(ticks) / TICKS_PER_MS),
    score,
    detectionName,
    isInPeak,
  }));
  if (points.length === 0) return <p className="text-text-3">No risk event stands in it now.</p>;
  const inPeak = points.filter((point) => point.isInPeak);
  const time = (ms: number): string =>
    formatTicks((BigInt(Math.round(ms)) * TICKS_PER_MS).toString(), zone, 0);
  return (
    <div ref={ref} style={{ minHeight: HEIGHT }}>
      {width !== null && width > 0 && (
        <ScatterChart
          width={width}
          height={HEIGHT}
          margin={{ top: 8, right: 24, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            type="number"
            dataKey="ms"
            domain={['dataMin', 'dataMax']}
            tickFormatter={time}
            tickCount={width < 480 ? 2 : 4}
            tick={{ fontSize: 11, fill: 'var(--text-3)' }}
            tickLine={false}
            axisLine={{ stroke: 'var(--line)' }}
          />
          <YAxis
            dataKey="score"
            width={36}
            domain={[0, 'dataMax']}
            tick={{ fontSize: 11, fill: 'var(--text-3)' }}
            tickLine={false}
            axisLine={false}
          />
          <ZAxis range={[70, 70]} />
          {inPeak.length > 0 && (
            <ReferenceArea
              x1={Math.min(...inPeak.map(({ ms }) => ms))}
              x2={Math.max(...inPeak.map(({ ms }) => ms))}
              fill="var(--accent-soft)"
              fillOpacity={0.6}
            />
          )}
          <Tooltip
            isAnimationActive={false}
            cursor={false}
            formatter={(value, name) => (name === 'ms' ? time(Number(value)) : String(value))}
            contentStyle={{
              background: 'var(--surface)',
              border: '1px solid var(--line-strong)',
              borderRadius: 6,
              color: 'var(--text)',
            }}
          />
          <Scatter data={points} fill="var(--accent)" isAnimationActive={false} />
        </ScatterChart>
      )}
    </div>
  );
}

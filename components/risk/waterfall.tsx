'use client';

import Link from 'next/link';
import { Bar, BarChart, CartesianGrid, Cell, ReferenceLine, XAxis, YAxis } from 'recharts';
import { useWidth } from '#components/timeline/use-width.ts';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { RiskStep } from '#lib/risk/types.ts';

const ROW = 30;
const LABEL_MAX = 26;

/** From base scores to the sum, step by step: bars float where the one before ended. The table behind it has every link. */
export function Waterfall({
  steps,
  threshold,
}: {
  readonly steps: readonly RiskStep[];
  readonly threshold: number;
}) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const rows = rowsOf(steps);
  const labelWidth = width !== null && width < 480 ? 110 : 190;
  return (
    <div>
      <div ref={ref} style={{ minHeight: rows.length * ROW + 34 }}>
        {width !== null && width > 0 && (
          <BarChart
            layout="vertical"
            width={width}
            height={rows.length * ROW + 34}
            data={rows}
            margin={{ top: 4, right: 24, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid horizontal={false} stroke="var(--line)" />
            <XAxis
              type="number"
              tick={{ fontSize: 11, fill: 'var(--text-3)' }}
              tickLine={false}
              axisLine={{ stroke: 'var(--line)' }}
            />
            <YAxis
              type="category"
              dataKey="key"
              width={labelWidth}
              tickFormatter={(key: number) => cut(rows[key]?.label ?? '')}
              tick={{ fontSize: 11, fill: 'var(--text-2)' }}
              tickLine={false}
              axisLine={false}
              interval={0}
            />
            <ReferenceLine x={threshold} stroke="var(--text-3)" strokeDasharray="3 3" />
            <Bar dataKey="span" maxBarSize={16} isAnimationActive={false}>
              {rows.map(({ key, kind, change }) => (
                <Cell key={key} fill={colourOf(kind, change)} />
              ))}
            </Bar>
          </BarChart>
        )}
      </div>
      <p className="text-[12px] text-text-3">The dashed line is the threshold of {threshold}.</p>
      <details open>
        <summary className="text-[12px] text-accent">As a table</summary>
        <table className="w-full max-w-[640px] text-left">
          <thead>
            <tr className="text-text-3">
              <th scope="col">Step</th>
              <th scope="col" className="pl-3 text-right">
                Risk events
              </th>
              <th scope="col" className="pl-3 text-right">
                Change
              </th>
              <th scope="col" className="pl-3 text-right">
                Sum
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, step, end }) => (
              <tr key={key} className={step.kind === 'sum' ? 'border-t font-semibold' : 'border-t'}>
                <td className="py-1 pr-2">
                  <StepLabel step={step} />
                </td>
                <td className="pl-3 text-right">{step.eventCount || '–'}</td>
                <td className="pl-3 text-right">{step.kind === 'sum' ? '' : signed(step.change)}</td>
                <td className="pl-3 text-right">{end}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </div>
  );
}

function StepLabel({ step }: { readonly step: RiskStep }) {
  const text = <EvidenceText text={step.label} />;
  if (step.detectionId !== null) return <Link href={`/detections/${step.detectionId}`}>{text}</Link>;
  if (step.factorNumber !== null) return <Link href={`/risk/settings#RF-${step.factorNumber}`}>{text}</Link>;
  if (step.filterNumber !== null) return <Link href={`/filters/${step.filterNumber}`}>{text}</Link>;
  return text;
}

type Row = {
  readonly key: number;
  readonly step: RiskStep;
  readonly kind: RiskStep['kind'];
  readonly label: string;
  readonly change: number;
  readonly end: number;
  readonly span: readonly [number, number];
};

/** Sums are added up in hundredths, as the steps are, so that the last one meets the sum. */
function rowsOf(steps: readonly RiskStep[]): readonly Row[] {
  let running = 0;
  return steps.map((step, key) => {
    const start = step.kind === 'sum' ? 0 : running;
    running = step.kind === 'sum' ? step.change : Math.round((running + step.change) * 100) / 100;
    return {
      key,
      step,
      kind: step.kind,
      label: step.label,
      change: step.change,
      end: running,
      span: [Math.min(start, running), Math.max(start, running)],
    };
  });
}

function colourOf(kind: RiskStep['kind'], change: number): string {
  if (kind === 'sum') return 'var(--text-2)';
  if (kind === 'base') return 'var(--accent)';
  return change > 0 ? 'var(--high)' : 'var(--low)';
}

function signed(change: number): string {
  return change < 0 ? `−${Math.abs(change)}` : `+${change}`;
}

function cut(label: string): string {
  return label.length > LABEL_MAX ? `${label.slice(0, LABEL_MAX - 1)}…` : label;
}

'use client';

import { Bar, BarChart, CartesianGrid, Tooltip, XAxis, YAxis } from 'recharts';
import { useWidth } from '#components/timeline/use-width.ts';
import type { Overview } from '#lib/reports/types.ts';

const HEIGHT = 180;

/** Findings by the day of their first event, with a table behind it. */
export function FindingsByDay({ days }: { readonly days: Overview['byDay'] }) {
  const [ref, width] = useWidth<HTMLDivElement>();
  return (
    <div ref={ref} style={{ minHeight: HEIGHT }}>
      {width !== null && width > 0 && (
        <BarChart
          width={width}
          height={HEIGHT}
          data={[...days]}
          margin={{ top: 8, right: 8, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="day"
            tick={{ fontSize: 11, fill: 'var(--text-3)' }}
            tickLine={false}
            axisLine={{ stroke: 'var(--line)' }}
          />
          <YAxis
            allowDecimals={false}
            width={32}
            tick={{ fontSize: 11, fill: 'var(--text-3)' }}
            tickLine={false}
            axisLine={false}
          />
          <Tooltip
            cursor={{ fill: 'var(--raised)' }}
            isAnimationActive={false}
            contentStyle={{
              background: 'var(--surface)',
              border: '1px solid var(--line-strong)',
              borderRadius: 6,
              color: 'var(--text)',
            }}
          />
          <Bar
            dataKey="count"
            name="findings"
            fill="var(--accent)"
            maxBarSize={36}
            isAnimationActive={false}
          />
        </BarChart>
      )}
      <details>
        <summary className="text-[12px] text-accent">As a table</summary>
        <table className="w-full max-w-[420px] text-left">
          <thead>
            <tr className="text-text-3">
              <th scope="col">Day (UTC)</th>
              <th scope="col" className="text-right">
                Findings
              </th>
              <th scope="col" className="text-right">
                Risk
              </th>
            </tr>
          </thead>
          <tbody>
            {days.map((day) => (
              <tr key={day.day} className="border-t">
                <td>{day.day}</td>
                <td className="text-right">{day.count}</td>
                <td className="text-right">{day.risk}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </div>
  );
}

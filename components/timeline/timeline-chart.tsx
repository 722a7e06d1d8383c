'use client';

import { useRef, useState } from 'react';
import {
  Bar,
  BarChart,
  ReferenceArea,
  ReferenceLine,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
  ZAxis,
} from 'recharts';
import type { HintKind } from '#lib/custody/types.ts';
import { formatTicks } from '#lib/preferences/zone.ts';
import { SEVERITIES, type Severity, worst } from '#lib/risk/severity.ts';
import type { HostTimeline } from '#lib/timeline/types.ts';
import { levelWord, severityOfLevel, toolWords } from './alert-words.ts';
import { alertRowId, eventRowId } from './row-ids.ts';
import { axisLabel, axisTicks, msToTicks, ticksToMs } from './scale.ts';
import { useWidth } from './use-width.ts';

const LANE_HEIGHT = 30;
const VOLUME_HEIGHT = 64;
const AXIS_HEIGHT = 26;
const RIGHT = 12;
const FINDINGS_LANE = 'Findings';
const ALERTS_LANE = 'Alerts';
const MIN_DRAG = 0.005;
const HINTS_MARKED = 100;
const HINT_COLOUR: Readonly<Record<HintKind, string>> = {
  'log-cleared': 'var(--critical)',
  'record-gap': 'var(--medium)',
  'time-backwards': 'var(--medium)',
  'chunk-checksum': 'var(--medium)',
  'dirty-file': 'var(--medium)',
};

type Mark = {
  readonly x: number;
  readonly y: number;
  readonly ticks: string;
  readonly text: string;
  /** What it is, beside its lane. */
  readonly kind: string;
  /** Its row in the lists below. */
  readonly rowId: string;
  readonly severity: Severity;
  readonly lane: string;
};

type Props = {
  readonly timeline: HostTimeline;
  readonly zone: string;
  /** First and last finding of a chain, in ticks. */
  readonly chain: { readonly firstTicks: string; readonly lastTicks: string } | null;
  readonly onZoom: (fromTicks: string, toTicks: string) => void;
  readonly onPick: (rowId: string) => void;
};

/** What happened on a host over time: volume, lanes of kept events, gaps. Drag to zoom; the list below is its table. */
export function TimelineChart({ timeline, zone, chain, onZoom, onPick }: Props) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const from = ticksToMs(timeline.fromTicks);
  const to = ticksToMs(timeline.toTicks);
  const hasAlerts = timeline.alerts.total + timeline.alerts.outsideTotal > 0;
  const lanes = [FINDINGS_LANE, ...timeline.lanes, ...(hasAlerts ? [ALERTS_LANE] : [])];
  const left = width !== null && width < 520 ? 84 : 124;
  const plotWidth = Math.max(0, (width ?? 0) - left - RIGHT);
  const { ticks, stepMs } = axisTicks(from, to, Math.max(2, Math.floor(plotWidth / 110)));
  const marks = marksOf(timeline, lanes);
  const bars = timeline.volume.map((bucket) => {
    const start = Math.max(from, ticksToMs(bucket.fromTicks));
    const end = Math.min(to, ticksToMs(bucket.toTicks));
    return { x: (start + end) / 2, width: end - start, count: bucket.count };
  });
  const barWidth = bars.reduce((min, bar) => Math.min(min, bar.width), Number.POSITIVE_INFINITY);
  const lanesHeight = lanes.length * LANE_HEIGHT + AXIS_HEIGHT;
  const domain: [number, number] = [from, to];

  return (
    <div ref={ref} className="relative select-none" style={{ minHeight: VOLUME_HEIGHT + lanesHeight }}>
      {width !== null && width > 0 && (
        <>
          <BarChart
            width={width}
            height={VOLUME_HEIGHT}
            data={bars}
            margin={{ top: 8, right: RIGHT, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <XAxis dataKey="x" type="number" domain={domain} hide allowDataOverflow />
            <YAxis width={left} tick={<VolumeLabel />} ticks={[0]} axisLine={false} tickLine={false} />
            <Bar
              dataKey="count"
              fill="var(--line-strong)"
              isAnimationActive={false}
              barSize={Number.isFinite(barWidth) ? Math.max(2, (barWidth / (to - from)) * plotWidth - 1) : 2}
            />
          </BarChart>
          <ScatterChart
            width={width}
            height={lanesHeight}
            margin={{ top: 0, right: RIGHT, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <XAxis
              dataKey="x"
              type="number"
              domain={domain}
              allowDataOverflow
              ticks={ticks}
              interval={0}
              height={AXIS_HEIGHT}
              tickLine={false}
              axisLine={{ stroke: 'var(--line)' }}
              tick={{ fontSize: 11, fill: 'var(--text-3)' }}
              tickFormatter={(value: number) => axisLabel(value, stepMs, zone)}
            />
            <YAxis
              dataKey="y"
              type="number"
              width={left}
              domain={[-0.5, lanes.length - 0.5]}
              reversed
              ticks={lanes.map((_, index) => index)}
              interval={0}
              axisLine={false}
              tickLine={false}
              tick={<LaneLabel lanes={lanes} />}
            />
            <ZAxis range={[70, 70]} />
            {ticks.map((tick) => (
              <ReferenceLine key={tick} x={tick} stroke="var(--line)" />
            ))}
            {lanes.map((lane, index) => (
              <ReferenceLine key={lane} y={index + 0.5} stroke="var(--line)" />
            ))}
            {timeline.gaps.map((gap) => (
              <ReferenceArea
                key={gap.fromTicks}
                x1={Math.max(from, ticksToMs(gap.fromTicks))}
                x2={Math.min(to, ticksToMs(gap.toTicks))}
                fill="var(--raised)"
                fillOpacity={0.8}
                stroke="none"
              />
            ))}
            {timeline.hints.slice(0, HINTS_MARKED).map((hint) => (
              <ReferenceArea
                key={`${hint.kind} ${hint.evidenceId} ${hint.channel} ${hint.recordId} ${hint.offset}`}
                x1={Math.max(from, ticksToMs(hint.fromTicks ?? timeline.fromTicks))}
                x2={Math.min(to, ticksToMs(hint.toTicks ?? timeline.toTicks))}
                fill={HINT_COLOUR[hint.kind]}
                fillOpacity={0.18}
                stroke={HINT_COLOUR[hint.kind]}
                strokeDasharray="2 3"
              />
            ))}
            {chain && (
              <ReferenceLine
                segment={[
                  { x: Math.max(from, ticksToMs(chain.firstTicks)), y: 0 },
                  { x: Math.min(to, ticksToMs(chain.lastTicks)), y: 0 },
                ]}
                stroke="var(--high)"
                strokeDasharray="4 3"
                strokeWidth={1.5}
              />
            )}
            <Tooltip content={<MarkTooltip zone={zone} />} isAnimationActive={false} cursor={false} />
            {SEVERITIES.map((severity) => (
              <Scatter
                key={severity}
                data={marks.filter((mark) => mark.severity === severity)}
                fill={`var(--${severity})`}
                isAnimationActive={false}
                onClick={(point) => onPick((point.payload as Mark).rowId)}
                className="cursor-pointer"
              />
            ))}
          </ScatterChart>
          <ZoomLayer
            left={left}
            width={plotWidth}
            height={VOLUME_HEIGHT}
            fullHeight={VOLUME_HEIGHT + lanesHeight - AXIS_HEIGHT}
            onSelect={(start, end) =>
              onZoom(msToTicks(from + start * (to - from)), msToTicks(from + end * (to - from)))
            }
          />
        </>
      )}
    </div>
  );
}

function marksOf(timeline: HostTimeline, lanes: readonly string[]): Mark[] {
  const events = timeline.events.flatMap((event) => {
    const severity = event.findings.reduce<Severity>((max, finding) => worst(max, finding.severity), 'info');
    const mark = {
      x: ticksToMs(event.ticks),
      ticks: event.ticks,
      text: event.summary,
      kind: `event ${event.eventCode}`,
      rowId: eventRowId(event.id),
      severity,
    };
    const own = { ...mark, y: lanes.indexOf(event.lane), lane: event.lane };
    return event.findings.length > 0 ? [{ ...mark, y: 0, lane: FINDINGS_LANE }, own] : [own];
  });
  const alerts = timeline.alerts.items.map((alert) => ({
    x: ticksToMs(alert.ticks),
    y: lanes.indexOf(ALERTS_LANE),
    ticks: alert.ticks,
    text: alert.title,
    kind: `${levelWord(alert.level)}, said by ${toolWords([alert.tool])}`,
    rowId: alertRowId(alert),
    severity: severityOfLevel(alert.level),
    lane: ALERTS_LANE,
  }));
  return [...events, ...alerts];
}

/** A strip over the volume bars on which a range is dragged. Keyboard users zoom with the buttons beside the chart. */
function ZoomLayer({
  left,
  width,
  height,
  fullHeight,
  onSelect,
}: {
  readonly left: number;
  readonly width: number;
  readonly height: number;
  readonly fullHeight: number;
  readonly onSelect: (start: number, end: number) => void;
}) {
  const [drag, setDrag] = useState<readonly [number, number] | null>(null);
  const strip = useRef<HTMLDivElement>(null);
  const fraction = (clientX: number): number => {
    const box = strip.current?.getBoundingClientRect();
    return box ? Math.min(1, Math.max(0, (clientX - box.left) / box.width)) : 0;
  };
  return (
    <>
      {drag && (
        <div
          className="pointer-events-none absolute top-0 border-accent border-x bg-accent-soft opacity-60"
          style={{
            left: left + Math.min(...drag) * width,
            width: Math.abs(drag[1] - drag[0]) * width,
            height: fullHeight,
          }}
        />
      )}
      <div
        ref={strip}
        aria-hidden
        title="Drag to zoom"
        className="absolute top-0 cursor-crosshair touch-none"
        style={{ left, width, height }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag([fraction(event.clientX), fraction(event.clientX)]);
        }}
        onPointerMove={(event) => setDrag((current) => current && [current[0], fraction(event.clientX)])}
        onPointerCancel={() => setDrag(null)}
        onPointerUp={() => {
          if (drag && Math.abs(drag[1] - drag[0]) > MIN_DRAG) onSelect(Math.min(...drag), Math.max(...drag));
          setDrag(null);
        }}
      />
    </>
  );
}

type TickProps = { readonly y?: number; readonly payload?: { readonly value: number } };

function VolumeLabel({ y = 0 }: TickProps) {
  return (
    <text x={4} y={y - 18} fontSize={12} fill="var(--text-2)">
      All events
    </text>
  );
}

function LaneLabel({ lanes, y = 0, payload }: TickProps & { readonly lanes: readonly string[] }) {
  return (
    <text x={4} y={y + 4} fontSize={12} fill="var(--text-2)">
      {lanes[payload?.value ?? -1]}
    </text>
  );
}

function MarkTooltip({
  active,
  payload,
  zone,
}: {
  readonly active?: boolean;
  readonly payload?: readonly { readonly payload?: Mark }[];
  readonly zone: string;
}) {
  const mark = payload?.[0]?.payload;
  if (!active || !mark) return null;
  return (
    <div className="max-w-[420px] rounded border border-line-strong bg-surface px-3 py-2 text-[12px] shadow-sm">
      <div className="font-mono text-text-2">
        {formatTicks(mark.ticks, zone, 7)} {zone}
      </div>
      <bdi className="block break-words">{mark.text}</bdi>
      <div className="text-text-3">
        {mark.lane} · {mark.kind}
      </div>
    </div>
  );
}

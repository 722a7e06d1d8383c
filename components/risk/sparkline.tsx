const WIDTH = 90;
const HEIGHT = 20;

/** Sums over equal parts of event time as bars; the numbers stand beside it in the row. */
export function Sparkline({ values }: { readonly values: readonly number[] }) {
  const highest = Math.max(...values, 0);
  if (highest === 0) return null;
  const step = WIDTH / values.length;
  return (
    <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden className="block">
      <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} stroke="var(--line-strong)" />
      {values.map((value, part) =>
        value > 0 ? (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sparkline are told apart by their place alone
            key={part}
            x={part * step}
            width={Math.max(1.5, step - 1)}
            y={HEIGHT - Math.max(2, (value / highest) * (HEIGHT - 2))}
            height={Math.max(2, (value / highest) * (HEIGHT - 2))}
            fill="var(--accent)"
          />
        ) : null,
      )}
    </svg>
  );
}

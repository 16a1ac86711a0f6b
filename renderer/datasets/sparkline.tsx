const WIDTH = 160;
const HEIGHT = 28;
const MARGIN = 3;

/** A small line through values from 0 to 100, oldest first. @param label what it shows, for who does not see it */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const lowest = Math.min(...values);
  const span = Math.max(1, Math.max(...values) - lowest);
  const points = values.map((value, at) => {
    const x = MARGIN + (at * (WIDTH - 2 * MARGIN)) / Math.max(1, values.length - 1);
    const y = HEIGHT - MARGIN - ((value - lowest) / span) * (HEIGHT - 2 * MARGIN);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const [x, y] = (points.at(-1) ?? '0,0').split(',');
  return (
    <svg
      className="sparkline"
      role="img"
      aria-label={label}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
    >
      <polyline points={points.join(' ')} />
      <circle cx={x} cy={y} r={2.5} />
    </svg>
  );
}

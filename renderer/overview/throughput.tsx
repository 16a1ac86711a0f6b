import { lazy, Suspense, useMemo } from 'react';
import type { Answer } from '../client/call.ts';
import { formatClock, formatCount, plural } from '../shared/format.ts';
import { Panel } from '../shared/panel.tsx';
import { lastHour } from './last-hour.ts';

// The chart library is a tenth of the console; it comes when a chart is shown.
const ThroughputChart = lazy(() => import('./throughput-chart.tsx'));

type Minutes = Answer<'getOverview'>['throughput'];

/** The last hour, minute by minute, as a picture and as a sentence. */
export function Throughput({ minutes }: { minutes: Minutes }) {
  const hour = useMemo(() => lastHour(minutes), [minutes]);
  const sentence = describe(hour);
  return (
    <Panel
      title="The last 60 minutes"
      description={sentence}
      action={
        <ul className="legend">
          <li className="tone-neutral">
            <span className="tag-dot" aria-hidden /> Received
          </li>
          <li className="tone-accent">
            <span className="tag-dot" aria-hidden /> Indexed
          </li>
        </ul>
      }
    >
      <div role="img" aria-label={`Objects per minute. ${sentence}`}>
        <Suspense fallback={<div className="chart" />}>
          <ThroughputChart minutes={hour} />
        </Suspense>
      </div>
    </Panel>
  );
}

function describe(minutes: Minutes): string {
  const received = minutes.reduce((sum, minute) => sum + minute.received, 0);
  const indexed = minutes.reduce((sum, minute) => sum + minute.indexed, 0);
  if (received === 0 && indexed === 0) return 'Nothing came in and nothing was worked on.';
  const busiest = minutes.reduce((best, minute) => (minute.received > best.received ? minute : best));
  const peak =
    busiest.received > 0
      ? ` Busiest minute: ${formatClock(busiest.minute)} with ${formatCount(busiest.received)} received.`
      : '';
  return `${plural(received, 'object')} received, ${formatCount(indexed)} indexed.${peak}`;
}

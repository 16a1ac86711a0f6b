import { formatAgo, formatTimeExactly } from './format.ts';

/** A point in time as a distance, exact on hover. */
export function Ago({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatTimeExactly(at)} className="number">
      {formatAgo(at)}
    </time>
  );
}

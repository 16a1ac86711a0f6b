import { Progress as Bar } from '@mantine/core';
import { formatCount } from '../shared/format.ts';
import type { Request } from './request-words.ts';

interface ProgressProps {
  readonly state: Request['state'];
  readonly arrived: number;
  /** Null where the PACS does not say. */
  readonly expected: number | null;
}

/** How many instances came, of how many the PACS names. */
export function Progress({ state, arrived, expected }: ProgressProps) {
  if (state !== 'confirmed') {
    if (state !== 'counted') return null;
    return expected === null ? (
      <span className="dimmed">the PACS does not say</span>
    ) : (
      <span className="number">{formatCount(expected)}</span>
    );
  }
  const known = expected !== null && expected > 0;
  const text =
    expected === null
      ? `${formatCount(arrived)}, total unknown`
      : `${formatCount(arrived)} of ${formatCount(expected)}`;
  return (
    <div className="retrieve-progress">
      <span className="number">{text}</span>
      {known && <Bar value={Math.min(100, (100 * arrived) / expected)} size="sm" aria-label={`${text} instances`} />}
    </div>
  );
}

/** A wall clock that jumps, as when a machine gets its time from a server after hours with a wrong one. Timers and the monotonic clock are the real ones. */
import { onTestFinished, vi } from 'vitest';

const HOUR_MS = 3_600_000;

/** Moves `Date` by hours, forwards or backwards; it stands still there until it is moved again. */
export function jumpHours(hours: number): void {
  const from = Date.now();
  if (!vi.isFakeTimers()) {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
  }
  vi.setSystemTime(from + hours * HOUR_MS);
}

import type { Answer } from '../client/call.ts';

type Minute = Answer<'getOverview'>['throughput'][number];

const MINUTE = 60_000;
const MINUTES = 60;

/** The 60 minutes up to now without gaps: the ledger lists only minutes in which something happened. */
export function lastHour(minutes: readonly Minute[], now: number = Date.now()): Minute[] {
  const known = new Map(minutes.map((minute) => [Math.floor(Date.parse(minute.minute) / MINUTE), minute]));
  const current = Math.floor(now / MINUTE);
  return Array.from({ length: MINUTES }, (_, index) => {
    const at = current - MINUTES + 1 + index;
    return known.get(at) ?? { minute: new Date(at * MINUTE).toISOString(), received: 0, indexed: 0, bytes: 0 };
  });
}

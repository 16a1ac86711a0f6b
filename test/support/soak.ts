/**
 * Long tests run a short slice in `npm test` and their full counts in `npm run soak`. They are the same tests, so what
 * is soaked is what is tested.
 */
export const SOAKING = process.env.GATEHOUSE_SOAK === 'yes';

/** The number for this run: of rounds, kills, streams, or milliseconds of patience. */
export function counted(slice: number, full: number): number {
  return SOAKING ? full : slice;
}

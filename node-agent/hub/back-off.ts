/** Waiting longer after each failure, with jitter so that many nodes do not come back at once. */
const FIRST_MILLISECONDS = 1000;
const LONGEST_MILLISECONDS = 60_000;

/**
 * @param failures in a row, from 1
 * @param random from 0 up to 1
 * @returns milliseconds: between half of and the whole of 1 s, 2 s, 4 s … 60 s
 */
export function backOff(failures: number, random: () => number): number {
  const whole = Math.min(FIRST_MILLISECONDS * 2 ** Math.min(failures - 1, 16), LONGEST_MILLISECONDS);
  return Math.round(whole / 2 + (whole / 2) * random());
}

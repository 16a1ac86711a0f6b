/** Figures over the voxels of a volume, in real values. */

/** Voxels brighter than the mean, as Nyúl and Udupa (1999) take them for the body; all of them when none is. */
export function foreground(values: Float32Array): Float32Array {
  const { mean } = meanAndDeviation(values);
  const bright = values.filter((value) => value > mean);
  return bright.length > 0 ? bright : values.slice();
}

/** Of the whole population. */
export function meanAndDeviation(values: Float32Array): { readonly mean: number; readonly deviation: number } {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/**
 * Percentiles, linearly between the two values beside each.
 * @param values not empty; the array is sorted in place
 */
export function percentilesOf(values: Float32Array, percentiles: readonly number[]): number[] {
  values.sort();
  return percentiles.map((percentile) => {
    const place = ((values.length - 1) * percentile) / 100;
    const below = Math.floor(place);
    const low = values[below] ?? 0;
    return low + ((values[below + 1] ?? low) - low) * (place - below);
  });
}

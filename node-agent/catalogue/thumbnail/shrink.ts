/** Makes a frame small by averaging the pixels that fall on the same spot. */

export interface Shrunk {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Averages row by row, channels side by side; NaN where there is only padding. */
  readonly values: Float32Array;
}

interface Source {
  readonly rows: number;
  readonly columns: number;
  readonly channels: 1 | 3;
  /** NaN for padding. */
  readonly value: (row: number, column: number, channel: number) => number;
}

/** @param size the longer side of the result in pixels; smaller frames keep their size */
export function shrink({ rows, columns, channels, value }: Source, size: number): Shrunk {
  const scale = Math.max(1, Math.max(rows, columns) / size);
  const width = Math.max(1, Math.round(columns / scale));
  const height = Math.max(1, Math.round(rows / scale));
  const values = new Float32Array(width * height * channels);
  let index = 0;
  for (let y = 0; y < height; y += 1) {
    const vertical = spanOf(y, height, rows);
    for (let x = 0; x < width; x += 1) {
      const horizontal = spanOf(x, width, columns);
      for (let channel = 0; channel < channels; channel += 1) {
        values[index] = average(vertical, horizontal, (row, column) => value(row, column, channel));
        index += 1;
      }
    }
  }
  return { width, height, channels, values };
}

type Span = readonly [from: number, until: number];

function spanOf(place: number, places: number, pixels: number): Span {
  const from = Math.floor((place * pixels) / places);
  return [from, Math.max(from + 1, Math.floor(((place + 1) * pixels) / places))];
}

function average(rows: Span, columns: Span, value: (row: number, column: number) => number): number {
  let sum = 0;
  let count = 0;
  for (let row = rows[0]; row < rows[1]; row += 1) {
    for (let column = columns[0]; column < columns[1]; column += 1) {
      const one = value(row, column);
      if (Number.isNaN(one)) continue;
      sum += one;
      count += 1;
    }
  }
  return count === 0 ? Number.NaN : sum / count;
}

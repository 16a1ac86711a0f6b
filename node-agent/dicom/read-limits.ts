/** What a file may ask of the reader; a file beyond a limit is refused with the reason 'limit' or 'depth'. */
export interface ReadLimits {
  /** Sequences within sequences. */
  readonly maximumDepth: number;
  /** Data elements, items and fragments together. */
  readonly maximumElements: number;
  /** Bytes of all values that are kept in memory. */
  readonly maximumMemory: number;
  /** A value of more bytes stays in the file, unless it is text. */
  readonly maximumValueInMemory: number;
  /** Pixel data of more bytes stays in the file. */
  readonly maximumPixelDataInMemory: number;
  /** Bytes of a deflated data set once inflated. */
  readonly maximumInflatedBytes: number;
  /** Inflated bytes per deflated byte, applied from `inflationRatioFrom` bytes on. */
  readonly maximumInflationRatio: number;
  readonly inflationRatioFrom: number;
}

export const DEFAULT_READ_LIMITS: ReadLimits = {
  maximumDepth: 64,
  maximumElements: 1_000_000,
  maximumMemory: 64 * 1024 * 1024,
  maximumValueInMemory: 256 * 1024,
  maximumPixelDataInMemory: 64 * 1024,
  maximumInflatedBytes: 4 * 1024 ** 3,
  // Black images deflate almost a thousandfold: the ratio alone says nothing about small data sets.
  maximumInflationRatio: 200,
  inflationRatioFrom: 256 * 1024 * 1024,
};

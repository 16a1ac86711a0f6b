/** The value representations of PS3.5 §6.2 and how each is laid out in a stream. */
import { readDataFile } from './data-file.ts';

interface ValueRepresentation {
  readonly kind: 'text' | 'decimal' | 'number' | 'bytes' | 'sequence';
  /** Explicit VR header with two reserved bytes and a 32-bit length (PS3.5 §7.1.2). */
  readonly longForm: boolean;
  /** The byte that fills a value up to an even length. */
  readonly padding: number;
  /** Whether a backslash separates values. */
  readonly multiple: boolean;
  /** Whether Specific Character Set (0008,0005) applies. */
  readonly characterSet: boolean;
  /** Bytes per number for byte swapping; 1 when the byte order does not matter. */
  readonly wordSize: number;
}

interface Table {
  readonly valueRepresentations: Readonly<Record<string, ValueRepresentation>>;
}

const TABLE: ReadonlyMap<string, ValueRepresentation> = new Map(
  Object.entries(readDataFile<Table>('value-representations.json').valueRepresentations),
);

/** UN: also the layout of every VR that a later edition may add (PS3.5 §6.2, §7.1.2). */
const UNKNOWN: ValueRepresentation = {
  kind: 'bytes',
  longForm: true,
  padding: 0,
  multiple: false,
  characterSet: false,
  wordSize: 1,
};

/** Whether this is one of the standard's value representations. */
export function isStandardVr(vr: string): boolean {
  return TABLE.has(vr);
}

/** The layout of a VR; an unknown one is treated as UN. */
export function valueRepresentation(vr: string): ValueRepresentation {
  return TABLE.get(vr) ?? UNKNOWN;
}

/** Tells text that an encoder writes about itself from text that somebody put beside the image. */
import { readTable, type Table } from '../read-table.ts';

interface File extends Table {
  /** Whole comments, as regular expressions. */
  readonly comments: readonly string[];
  /** Application segments that begin with an identifier and hold no text of their own. */
  readonly segments: readonly { readonly name: string; readonly identifier: string; readonly mostBytes: number }[];
  readonly boxes: {
    /** Boxes that describe the image. */
    readonly plain: readonly string[];
    /** Boxes that hold boxes. */
    readonly parents: readonly string[];
    /** Boxes that hold a JPEG 2000 codestream. */
    readonly codestreams: readonly string[];
  };
}

/** What stands beside the image data in a stream. */
export interface Segment {
  /** 'COM', 'APP0' to 'APP15', or what else it is. */
  readonly name: string;
  readonly payload: Uint8Array;
}

const file = readTable<File>('pixel-stream-signatures.json');
const COMMENTS = file.comments.map((pattern) => new RegExp(`^${pattern}$`, 'u'));
/** Four characters, of any character set that has ASCII as its half; 0xFF is what fills gaps. */
const TEXT = /[\x20-\x7e\x80-\xfe]{4,}/gu;

export const BOXES = {
  plain: new Set(file.boxes.plain),
  parents: new Set(file.boxes.parents),
  codestreams: new Set(file.boxes.codestreams),
} as const;

/** Whether the segment holds text that no encoder is known to write. */
export function holdsForeignText({ name, payload }: Segment): boolean {
  // Without its zeros, text in UTF-16 is text too.
  const text = Buffer.from(payload.filter((byte) => byte !== 0)).toString('latin1');
  const words = text.match(TEXT) ?? [];
  if (!words.some((word) => /[\p{L}\p{N}]/u.test(word))) return false;
  const signed = file.segments.some(
    (known) => known.name === name && text.startsWith(known.identifier) && payload.length <= known.mostBytes,
  );
  return !signed && !COMMENTS.some((pattern) => pattern.test(text.trim()));
}

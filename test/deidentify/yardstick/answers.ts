/**
 * The answer key of the yardstick: one action for each planted identifier and for each value that must survive, in the
 * form of the MIDI-B challenge (MICCAI 2024). An object that is set aside fails all its actions, unless setting it
 * aside is the expected outcome.
 */

/** What is asked of one place of an object; `uid_changed` and the like ask for a value that is no longer the original. */
export type Action =
  | 'tag_retained'
  | 'text_notnull'
  | 'text_removed'
  | 'text_retained'
  | 'date_shifted'
  | 'uid_changed'
  | 'uid_consistent'
  | 'patid_consistent'
  | 'pixels_retained'
  | 'pixels_hidden';

export interface Answer {
  readonly action: Action;
  /** What kind of thing it is about: 'name in a description', 'private', 'reference'. */
  readonly category: string;
  /** Tags with item numbers, `preamble`, `meta`, or '' for the object as a whole. */
  readonly path: string;
  /** The planted or protected text. */
  readonly value: string;
}

export interface YardstickObject {
  /** Name below the folder, which says nothing about the patient. */
  readonly file: string;
  readonly bytes: Buffer;
  readonly label: string;
  readonly patient: string;
  readonly expected: 'deidentified' | 'quarantined';
  readonly answers: readonly Answer[];
  /** Everything that must be nowhere in the output, whatever the place. */
  readonly needles: readonly Needle[];
  /** Names that the file had where it came from. */
  readonly originalNames: readonly string[];
}

export interface Needle {
  readonly category: string;
  readonly text: string;
  /** The text as it stood in the file, where that is neither UTF-8 nor Latin-1. */
  readonly bytes?: Uint8Array;
}

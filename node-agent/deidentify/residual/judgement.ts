/**
 * Whether a match of the residual scan means anything. Values that cannot hold an identifier, and words
 * that merely contain one, would quarantine sound objects; everything not excused here counts.
 */
import type { DataSet, Tag } from '../../dicom/data-set.ts';
import { fold } from '../text/folding.ts';
import type { Vocabulary } from '../text/vocabulary.ts';
import { isPublicUid } from '../uid-replacement.ts';
import type { Needle } from './needles.ts';

export interface ScanContext {
  readonly vocabulary: Vocabulary;
  /** The original: a date in the output counts when the original had the same one in the same place. */
  readonly original: DataSet;
  /** Whole values that de-identification itself wrote: the pseudonym and the names of its codes. */
  readonly ownValues: ReadonlySet<string>;
}

export interface MatchPlace {
  readonly tag: Tag;
  readonly vr: string;
  /** The value in the output. */
  readonly bytes: Uint8Array;
  /** The value at the same place of the original. */
  readonly before: Uint8Array | undefined;
}

/** Under the roots that replacements have, this engine's own and Lethe's: their digits are those of a hash. */
const OWN_UID = /^(?:2\.25|1\.3\.6\.1\.4\.1\.58108\.2023)\.\d+$/;
const TEMPORAL_VRS = new Set(['DA', 'DT', 'TM', 'AS']);
const DECIMAL_VRS = new Set(['DS', 'IS']);
const SAMPLE_VRS = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'UV', 'SV', 'AT', 'OB', 'OW', 'OF', 'OD', 'OL', 'OV']);
/** Fewer bytes appear in numbers and samples by chance. */
const SHORTEST_IN_SAMPLES = 8;
const SHORTEST_IN_DECIMALS = 7;
/** A name of fewer letters is a syllable of many words. */
const SHORTEST_SYLLABLE = 6;
/** A word that begins with a name of so many letters is a form of it. */
const SHORTEST_STEM = 5;
/** A UID of fewer characters is the beginning of many others. */
const SHORTEST_UID_PREFIX = 12;

export class Judgement {
  readonly #context: ScanContext;

  constructor(context: ScanContext) {
    this.#context = context;
  }

  /** Whether the whole value is one that de-identification wrote itself. */
  isOwnValue(text: string): boolean {
    return this.#context.ownValues.has(text.trim());
  }

  isHarmless(needle: Needle, place: MatchPlace, start: number, end: number): boolean {
    const { vr, bytes } = place;
    if (vr === 'UI') return harmlessInUid(needle, place, start, end);
    // Shifted dates may coincide with another date of the original; unchanged ones have stayed in their place.
    if (TEMPORAL_VRS.has(vr)) return place.before === undefined || latin(place.before).trim() !== latin(bytes).trim();
    if (DECIMAL_VRS.has(vr))
      return end - start < SHORTEST_IN_DECIMALS || valueAround(bytes, start).length !== end - start;
    // A coded string is a term of the standard, after which exports are called as well: 'seg_binary.dcm'.
    if (vr === 'CS' && needle.kind === 'file-name') return true;
    if (SAMPLE_VRS.has(vr)) return end - start < SHORTEST_IN_SAMPLES;
    return this.#harmlessInText(needle, bytes, start, end);
  }

  #harmlessInText(needle: Needle, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.isOwnValue(valueAround(bytes, start))) return true;
    const text = latin(bytes);
    const [before, after] = [text[start - 1] ?? '', text[end] ?? ''];
    if (/^\d/.test(needle.text) && /\d/.test(before)) return true;
    if (/\d$/.test(needle.text) && /\d/.test(after)) return true;
    if (needle.bytes !== undefined || !/^[\x20-\x7e]+$/.test(needle.text)) return false;
    if (!/^\p{L}/u.test(needle.text) || !(isLetter(before) || isLetter(after))) return false;
    // Folders are called after anything: 'multiframe' is no part of 'MultiFrameImageFactory'.
    if (needle.kind === 'file-name') return true;
    const stem = needle.kind === 'name' && !isLetter(before) && needle.text.length >= SHORTEST_STEM;
    if (needle.text.length < SHORTEST_SYLLABLE && !stem) return true;
    return this.#context.vocabulary.has(fold(wordAround(text, start, end)));
  }
}

function harmlessInUid(needle: Needle, { tag, bytes }: MatchPlace, start: number, end: number): boolean {
  const value = valueAround(bytes, start);
  if (isPublicUid(tag, value)) return true;
  if (needle.kind !== 'uid') return OWN_UID.test(value);
  return end - start < SHORTEST_UID_PREFIX && value.length !== end - start;
}

/** The one of several values, padding off, that holds the position. */
function valueAround(bytes: Uint8Array, position: number): string {
  const text = latin(bytes);
  const begin = text.lastIndexOf('\\', position) + 1;
  const end = text.indexOf('\\', position);
  return text
    .slice(begin, end < 0 ? undefined : end)
    .replace(/[ \0]+$/, '')
    .trim();
}

function wordAround(text: string, start: number, end: number): string {
  let begin = start;
  let stop = end;
  while (begin > 0 && isLetter(text[begin - 1] ?? '')) begin -= 1;
  while (stop < text.length && isLetter(text[stop] ?? '')) stop += 1;
  return text.slice(begin, stop);
}

function isLetter(character: string): boolean {
  return /^\p{L}$/u.test(character);
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

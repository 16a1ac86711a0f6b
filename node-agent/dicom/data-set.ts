/**
 * The in-memory form of a DICOM data set (PS3.5 §7): an ordered list of data elements whose
 * values are kept as the bytes that stood in the stream. Large values stay on disk and are
 * described by their place in the source file, so memory does not grow with object size.
 */
import type { CharacterSet } from './character-set.ts';

/** A tag as one unsigned 32-bit number: group in the high half, element in the low half. */
export type Tag = number;

/** How the elements of a data set are encoded (PS3.5 §7.1, Annex A). */
export interface Encoding {
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}

/** Value bytes exactly as they stood in the stream (stream byte order, padding included). */
export interface BytesValue {
  readonly kind: 'bytes';
  readonly bytes: Uint8Array;
}

/** A large value left in the source file; offset and length in bytes. */
export interface BulkValue {
  readonly kind: 'bulk';
  readonly offset: number;
  readonly length: number;
  /** Bits to keep when it is copied, repeated from its first byte on; the others are written as 0. All of them when absent. */
  readonly keep?: Uint8Array;
}

/** A sequence of items (PS3.5 §7.5). The two flags keep the length encoding of the source. */
export interface SequenceValue {
  readonly kind: 'sequence';
  readonly items: readonly SequenceItem[];
  readonly undefinedLength: boolean;
}

export interface SequenceItem {
  readonly dataSet: DataSet;
  readonly undefinedLength: boolean;
  /** Where the item begins in the source file; absent in an item that was made here. */
  readonly offset?: number;
}

/** Encapsulated pixel data (PS3.5 §A.4): the first fragment is the Basic Offset Table. */
export interface EncapsulatedValue {
  readonly kind: 'encapsulated';
  readonly fragments: readonly BulkValue[];
}

export type ElementValue = BytesValue | BulkValue | SequenceValue | EncapsulatedValue;

export interface DataElement {
  readonly tag: Tag;
  /** The VR of the stream when explicit, else the one the dictionary gives; UN when unknown. */
  readonly vr: string;
  readonly value: ElementValue;
}

/** An ordered list of data elements with typed, character-set aware access to their values. */
export interface DataSet {
  readonly encoding: Encoding;
  /** Elements in stream order, duplicates and out-of-order tags included. */
  readonly elements: readonly DataElement[];
  /** Own Specific Character Set (0008,0005), else the enclosing data set's (PS3.5 §6.1.2.2). */
  readonly characterSet: CharacterSet;
  /** The first element with this tag. */
  get(tag: Tag): DataElement | undefined;
  has(tag: Tag): boolean;
  /** First value as decoded text without padding; undefined when absent, empty or not text. */
  string(tag: Tag): string | undefined;
  /** All values as decoded text without padding; [] when absent or empty. */
  strings(tag: Tag): string[];
  /** First numeric value (IS, DS, US, SS, UL, SL, FL, FD, UV, SV, AT), undefined when absent or not a number. */
  number(tag: Tag): number | undefined;
  numbers(tag: Tag): number[];
  /** Items of a sequence; [] when absent or not a sequence. */
  items(tag: Tag): DataSet[];
}

/** Unique identifiers: their syntax (PS3.5 §9.1), the registered ones (PS3.6 Annex A), and our own (PS3.7 §D.3.3.2). */

import { readDataFile } from './data-file.ts';
import type { Encoding } from './data-set.ts';

export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  readonly encoding: Encoding;
  /** Pixel data is a sequence of fragments (PS3.5 §A.4). */
  readonly encapsulated: boolean;
  /** The whole data set is compressed (PS3.5 §A.5). */
  readonly deflated: boolean;
}

type Flag = 0 | 1;
type TransferSyntaxRow = readonly [
  uid: string,
  name: string,
  explicit: Flag,
  littleEndian: Flag,
  encapsulated: Flag,
  deflated: Flag,
];

interface Table {
  readonly transferSyntaxes: readonly TransferSyntaxRow[];
  readonly uids: readonly (readonly [uid: string, name: string, type: string])[];
}

export const IMPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const EXPLICIT_VR_BIG_ENDIAN = '1.2.840.10008.1.2.2';

/** Derived from a UUID (PS3.5 §B.2), made once for this product. */
export const IMPLEMENTATION_CLASS_UID = '2.25.24688094689887494908487388083708365058';
export const IMPLEMENTATION_VERSION_NAME = 'GATEHOUSE_0_1';

const LONGEST_UID = 64;
const UID_PATTERN = /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))*$/;
const STANDARD_ROOT = '1.2.840.10008.';

const table = readDataFile<Table>('uids.json');
const NAMES = new Map(table.uids.map(([uid, name, type]) => [uid, { name, type }]));
const TRANSFER_SYNTAXES = new Map<string, TransferSyntax>(
  table.transferSyntaxes.map(([uid, name, explicit, littleEndian, encapsulated, deflated]) => [
    uid,
    {
      uid,
      name,
      encoding: { explicit: explicit === 1, littleEndian: littleEndian === 1 },
      encapsulated: encapsulated === 1,
      deflated: deflated === 1,
    },
  ]),
);

/** Whether the text is a UID: numbers without leading zeros, joined by dots, at most 64 characters. */
export function isValidUid(text: string): boolean {
  return text.length <= LONGEST_UID && UID_PATTERN.test(text);
}

/** Whether the UID belongs to the standard itself, so that it identifies nobody (PS3.6 Annex A). */
export function isStandardUid(uid: string): boolean {
  return uid.startsWith(STANDARD_ROOT);
}

/** The registered name of a UID, e.g. 'CT Image Storage'; undefined when PS3.6 does not list it. */
export function uidName(uid: string): string | undefined {
  return NAMES.get(uid)?.name;
}

/** Whether PS3.6 lists this UID as a Storage SOP class (PS3.4 Annex B). */
export function isStorageSopClass(uid: string): boolean {
  const registered = NAMES.get(uid);
  return (
    registered?.type === 'SOP Class' &&
    / Storage(?: |$)/.test(registered.name) &&
    !/Commitment|Media/.test(registered.name)
  );
}

/** Every Storage SOP class that PS3.6 lists, for presentation contexts. */
export function storageSopClasses(): string[] {
  return [...NAMES.keys()].filter(isStorageSopClass);
}

/** How a transfer syntax is encoded; undefined when it is private or not one for files. */
export function transferSyntax(uid: string): TransferSyntax | undefined {
  return TRANSFER_SYNTAXES.get(uid);
}

/** Every transfer syntax that a data set can be stored in. */
export function transferSyntaxes(): TransferSyntax[] {
  return [...TRANSFER_SYNTAXES.values()];
}

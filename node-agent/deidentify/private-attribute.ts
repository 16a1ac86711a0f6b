/** A private attribute by what names it: its group, its creator and its place in the block (PS3.5 §7.8.1). */
import type { DataSet, Tag } from '../dicom/data-set.ts';
import { isPrivate } from '../dicom/dictionary.ts';
import { textsAt } from './element-values.ts';

export interface PrivateAttribute {
  readonly group: number;
  readonly creator: string;
  /** The last byte of the element number; the byte before it is the block, which may be any. */
  readonly element: number;
}

const FIRST_BLOCK = 0x10;

/** Undefined where the tag is not private, or its block is claimed by nobody in this data set. */
export function privateAttributeOf(tag: Tag, dataSet: DataSet): PrivateAttribute | undefined {
  const block = (tag >>> 8) & 0xff;
  if (!isPrivate(tag) || block < FIRST_BLOCK) return undefined;
  const creator = textsAt(dataSet, creatorTagOf(tag))[0]?.trim();
  if (creator === undefined || creator === '') return undefined;
  return { group: tag >>> 16, creator, element: tag & 0xff };
}

/** The tag of the private creator that claims the block of a private element. */
export function creatorTagOf(tag: Tag): Tag {
  return ((tag & 0xffff0000) | ((tag >>> 8) & 0xff)) >>> 0;
}

/** Which value of the original a rule reads: '(0008,0050)' beside the element, 'root:(0008,0050)', '(0040,0275)::(0040,0007)'. */
import { z } from 'zod';
import type { DataSet, Tag } from '../../dicom/data-set.ts';
import { textsAt } from '../element-values.ts';

const FORM = /^(?:root:)?\([0-9A-Fa-f]{4},[0-9A-Fa-f]{4}\)(?:::\([0-9A-Fa-f]{4},[0-9A-Fa-f]{4}\)){0,7}$/;

/** In a path each sequence stands for its first item. */
export const operandSchema = z.string().regex(FORM, 'write (gggg,eeee), root:(gggg,eeee) or a path joined by ::');

/** The two data sets that a rule can read. */
export interface Readable {
  /** Where the element stands. */
  readonly dataSet: DataSet;
  /** The top of the object. */
  readonly root: DataSet;
}

/** The tags of the path from the outside in. */
export function tagsOf(operand: string): Tag[] {
  return [...operand.matchAll(/\(([0-9A-Fa-f]{4}),([0-9A-Fa-f]{4})\)/g)].map(([, group = '', element = '']) =>
    Number.parseInt(group + element, 16),
  );
}

/** The values joined by backslashes; '' where the attribute is empty, undefined where it is not there. */
export function textOf(operand: string, { dataSet, root }: Readable): string | undefined {
  const tags = tagsOf(operand);
  const last = tags.pop() ?? 0;
  let place: DataSet | undefined = operand.startsWith('root:') ? root : dataSet;
  for (const tag of tags) place = place?.items(tag)[0];
  return place?.has(last) ? textsAt(place, last).join('\\') : undefined;
}

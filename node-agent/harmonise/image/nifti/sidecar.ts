/** The JSON beside a NIfTI file: acquisition parameters under the names of BIDS, and how the file came about. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { DataSet } from '../../../dicom/data-set.ts';
import { FrameAttributes } from '../frame-attributes.ts';

const tableSchema = z.strictObject({
  version: z.string(),
  edition: z.string(),
  source: z.string(),
  /** Of fields with one name the first that has a value counts. */
  fields: z.array(
    z.strictObject({
      name: z.string(),
      keyword: z.string(),
      macro: z.string().default(''),
      factor: z.number().default(1),
      list: z.boolean().default(false),
    }),
  ),
});

const table = readTable('sidecar.json');

function readTable(name: string): z.infer<typeof tableSchema> {
  const read = tableSchema.safeParse(JSON.parse(readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8')));
  if (read.success) return read.data;
  throw new Error(`harmonise/image/data/${name} does not hold at ${read.error.issues[0]?.path.join('.')}.`);
}

export type SidecarField = string | number | readonly string[];

/**
 * The fields of a frame that has them; times in seconds. Only what the table lists is taken, so that nothing an object
 * may still hold beside it gets into the file.
 */
export function sidecarFields(dataSet: DataSet, frame: number): Record<string, SidecarField> {
  const attributes = new FrameAttributes(dataSet, frame);
  const fields: Record<string, SidecarField> = {};
  for (const { name, keyword, macro, factor, list } of table.fields) {
    if (name in fields) continue;
    const texts = attributes.texts(macro, keyword).filter((text) => text !== '');
    const number = attributes.number(macro, keyword);
    if (list && texts.length > 0) fields[name] = texts;
    else if (number !== undefined) fields[name] = Number((number * factor).toPrecision(12));
    else if (texts[0] !== undefined) fields[name] = texts[0];
  }
  return fields;
}

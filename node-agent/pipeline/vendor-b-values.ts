/**
 * b-values of diffusion images as vendors keep them in private attributes, read from the original before those are removed.
 * Only the number goes on. A block belongs to the creator that reserves it (PS3.5 §7.8.1).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { BytesValue, DataSet } from '../dicom/data-set.ts';
import { siemensHeaderValue } from './siemens-header.ts';

const tableSchema = z.strictObject({
  version: z.string(),
  edition: z.string(),
  source: z.string(),
  note: z.string(),
  attributes: z.array(
    z.strictObject({
      group: z.string().regex(/^[0-9a-f]{4}$/u),
      creator: z.string().min(1),
      /** Beginning of Manufacturer, upper case: where an earlier tool removed the creator but left the block (0x10), it is believed. */
      manufacturer: z.string().min(1),
      element: z.string().regex(/^[0-9a-f]{2}$/u),
      /** How the bytes read where the stream does not tell. */
      form: z.enum(['text', 'float', 'double', 'siemens-header']),
      /** GE adds a constant to b-values that it computed; what remains after division by this is the b-value. */
      modulo: z.number().positive().optional(),
    }),
  ),
});

const FILE = join(import.meta.dirname, 'data', 'vendor-b-values.json');
const { attributes: ATTRIBUTES } = tableSchema.parse(JSON.parse(readFileSync(FILE, 'utf8')));
const GROUPS = new Set(ATTRIBUTES.map(({ group }) => Number.parseInt(group, 16)));
const MODALITY = 0x00080060;
const MANUFACTURER = 0x00080070;
const USUAL_BLOCK = 0x10;
const LARGEST = 20_000;

/** The different b-values in s/mm², in no order that means anything; none of an object that is no MR image. */
export function vendorBValues(original: DataSet): number[] {
  if (original.string(MODALITY) !== 'MR' || !original.elements.some(({ tag }) => GROUPS.has(tag >>> 16))) return [];
  const found = ATTRIBUTES.flatMap((attribute) => {
    const group = Number.parseInt(attribute.group, 16);
    return blocksOf(original, group, attribute).flatMap((block) => {
      const tag = ((group << 16) | (block << 8) | Number.parseInt(attribute.element, 16)) >>> 0;
      const value = numberAt(original, tag, attribute.form);
      return value === undefined ? [] : [attribute.modulo === undefined ? value : value % attribute.modulo];
    });
  });
  return [...new Set(found.filter((value) => Number.isFinite(value) && value >= 0 && value <= LARGEST))];
}

/** Blocks that the creator reserves. */
function blocksOf(dataSet: DataSet, group: number, { creator, manufacturer }: (typeof ATTRIBUTES)[number]): number[] {
  const reserved = dataSet.elements.flatMap(({ tag, value }) => {
    const element = tag & 0xffff;
    if (tag >>> 16 !== group || element < USUAL_BLOCK || element > 0xff || value.kind !== 'bytes') return [];
    return [{ block: element, by: latin(value).toUpperCase() }];
  });
  const isOrphan = !reserved.some(({ block }) => block === USUAL_BLOCK);
  const isOfVendor = dataSet.string(MANUFACTURER)?.toUpperCase().startsWith(manufacturer) === true;
  const own = reserved.filter(({ by }) => by === creator.toUpperCase()).map(({ block }) => block);
  return own.length === 0 && isOrphan && isOfVendor ? [USUAL_BLOCK] : own;
}

function numberAt(dataSet: DataSet, tag: number, form: (typeof ATTRIBUTES)[number]['form']): number | undefined {
  const element = dataSet.get(tag);
  if (element?.value.kind !== 'bytes') return undefined;
  const { bytes } = element.value;
  if (form === 'siemens-header') return numberIn(siemensHeaderValue(bytes, 'B_value') ?? '');
  const stated = element.vr === 'UN' ? undefined : dataSet.number(tag);
  if (stated !== undefined) return stated;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { littleEndian } = dataSet.encoding;
  if (form === 'float' && bytes.length === 4) return view.getFloat32(0, littleEndian);
  if (form === 'double' && bytes.length === 8) return view.getFloat64(0, littleEndian);
  return form === 'text' ? numberIn(latin(element.value)) : undefined;
}

function numberIn(text: string): number | undefined {
  const [first = ''] = text.split('\\');
  return /^\s*\d+(?:\.\d+)?(?:e[+-]?\d+)?\s*$/iu.test(first) ? Number(first) : undefined;
}

function latin({ bytes }: BytesValue): string {
  return Buffer.from(bytes).toString('latin1').replaceAll('\0', ' ').trim();
}

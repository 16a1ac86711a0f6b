/**
 * Retain Safe Private (PS3.15 §E.3.10): private attributes that are known to be safe, found by group, creator and place
 * in the block wherever the block was placed. What is not known is denied, and so is what cannot be read: a value whose
 * nature neither the table nor the stream gives could hold anything.
 */
import type { DataElement, DataSet, Tag } from '../dicom/data-set.ts';
import { valueRepresentation } from '../dicom/value-representation.ts';
import { type Place, removal } from './place.ts';
import type { ElementPlan } from './plan.ts';
import { privateAttributeOf } from './private-attribute.ts';
import { readTable, type Table } from './read-table.ts';
import { FREE_TEXT_VRS, type Treatment } from './treatment.ts';
import type { ValueKind } from './value-rules.ts';

type Disposition = 'keep' | 'remap-uid' | 'shift-date';

interface File extends Table {
  /** By creator, group and element: the disposition, then every VR that the attribute was seen under. */
  readonly attributes: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
}

interface SafeAttribute {
  readonly disposition: Disposition;
  readonly vrs: readonly string[];
}

const RULE = 'safe private attribute (retain_safe_private)';
/** VRs of values that were carried without saying what they are. */
const CARRIERS = new Set(['UN', 'OB', 'OW']);
const NUMBER_VRS = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'UV', 'SV']);
const TEMPORAL_VRS = ['DA', 'DT', 'TM'];
const KINDS: Readonly<Record<string, ValueKind>> = {
  AS: 'age',
  CS: 'code',
  DA: 'date',
  DS: 'number',
  DT: 'date',
  IS: 'number',
  TM: 'time',
  UI: 'uid',
};

export class SafePrivate {
  readonly #attributes: File['attributes'];

  constructor(file: File = readTable<File>('private-attributes.json')) {
    this.#attributes = file.attributes;
  }

  plan(place: Place, treatment: Treatment): ElementPlan {
    const known = this.#find(place.element.tag, place.dataSet);
    if (known === undefined) return removal(place.element, 'private attribute that is not known to be safe');
    const vr = vrOf(place, known);
    return vr === undefined
      ? removal(place.element, 'safe private attribute that cannot be read')
      : treated({ ...place, vr }, treatment);
  }

  #find(tag: Tag, dataSet: DataSet): SafeAttribute | undefined {
    const attribute = privateAttributeOf(tag, dataSet);
    if (attribute === undefined) return undefined;
    const { creator, group, element } = attribute;
    const groups = Object.hasOwn(this.#attributes, creator) ? this.#attributes[creator] : undefined;
    const entry = groups?.[hexadecimal(group, 4)]?.[hexadecimal(element, 2)];
    if (entry === undefined) return undefined;
    const [disposition = '', ...vrs] = entry.split(' ');
    return { disposition: disposition as Disposition, vrs };
  }
}

/** What to read the value as; undefined where two answers are possible or none is. */
function vrOf({ element, vr }: Place, { disposition, vrs }: SafeAttribute): string | undefined {
  if ((element.value.kind === 'sequence') !== vrs.includes('SQ')) return undefined;
  if (disposition === 'remap-uid') return 'UI';
  // Dates that were typed as text are taken for date and time; what is none of those then goes.
  if (disposition === 'shift-date')
    return (
      vrs.find((known) => TEMPORAL_VRS.includes(known)) ?? (vrs.every(isText) && vrs.length > 0 ? 'DT' : undefined)
    );
  if (vrs.includes(vr)) return vr;
  return CARRIERS.has(vr) ? strictestOf(vrs, element) : undefined;
}

/** Of the VRs that a carried value may have, the one that lets least through; undefined where they have nothing in common. */
function strictestOf(vrs: readonly string[], { value }: DataElement): string | undefined {
  if (vrs.length <= 1) return vrs[0];
  const decimal = vrs.find((vr) => vr === 'DS' || vr === 'IS');
  if (decimal !== undefined) return decimal;
  if (vrs.every((vr) => isText(vr) || vr === 'CS')) return vrs.find(isText);
  if (!vrs.every((vr) => NUMBER_VRS.has(vr)) || value.kind !== 'bytes') return undefined;
  return vrs.find((vr) => value.bytes.length === valueRepresentation(vr).wordSize);
}

function treated(place: Place, treatment: Treatment): ElementPlan {
  const { element, vr } = place;
  if (vr === 'SQ') return treatment.resolved(place, 'items', RULE, []);
  if (isText(vr)) return treatment.leaf(place, RULE, 'guarded');
  const kind = KINDS[vr];
  if (kind !== undefined) return treatment.leaf(place, RULE, kind);
  const { value } = element;
  const whole = value.kind === 'bytes' && value.bytes.length % valueRepresentation(vr).wordSize === 0;
  return NUMBER_VRS.has(vr) && whole
    ? { element, vr, action: 'keep', rule: RULE }
    : removal(element, 'safe private attribute that cannot be read');
}

function isText(vr: string): boolean {
  return FREE_TEXT_VRS.has(vr);
}

function hexadecimal(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}

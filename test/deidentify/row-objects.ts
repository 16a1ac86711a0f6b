/** Objects with one attribute of Table E.1-1 in them: of every type that an IOD gives it, at the top and inside a sequence. */
import type { AttributeType } from '../../node-agent/deidentify/attribute-types.ts';
import { ENUMERATED_VALUES } from '../../node-agent/deidentify/retained-attributes.ts';
import type { DataElement, DataSet, Tag } from '../../node-agent/dicom/data-set.ts';
import { lookup, tagOf } from '../../node-agent/dicom/dictionary.ts';
import {
  bytesElement,
  makeDataSet,
  numberElement,
  sequenceElement,
  textElement,
} from '../../node-agent/dicom/element.ts';
import { CT, ctElements, ENCODING, TABLES, text } from './fixtures.ts';
import { CLASSES } from './iod-objects.ts';

/** Where the attribute stands. */
export interface Place {
  readonly sopClass: string;
  /** The sequence that holds it; undefined at the top. */
  readonly sequence: Tag | undefined;
  readonly type: AttributeType | undefined;
}

export const PLANTED_UID = '1.2.276.0.7230010.3.1.4.1000.77';
export const PLANTED_COMMENT = 'Zyxwvuts';
const PLANTED: Readonly<Record<string, string>> = {
  AE: 'ZYXWVUTS',
  AS: '045Y',
  CS: 'VALUE',
  DA: '20200115',
  DS: '1.5',
  DT: '20200115030405',
  IS: '3',
  LO: 'Zyxwvuts',
  LT: 'Zyxwvuts',
  PN: 'Zyxwvuts^Rqpo',
  SH: 'Zyxwvuts',
  ST: 'Zyxwvuts',
  TM: '030405',
  UC: 'Zyxwvuts',
  UI: PLANTED_UID,
  UR: 'http://zyxwvuts.example',
  UT: 'Zyxwvuts',
};
const NUMBERS = new Set(['US', 'UL', 'SS', 'SL', 'FD', 'FL']);
const TIME_ZONE = tagOf('TimezoneOffsetFromUTC');
/** No row of the table, and listed by no IOD here: it stays, and inside it no type is known. */
const UNLISTED_SEQUENCE = tagOf('RadiopharmaceuticalInformationSequence');

const PLANTED_ITEM = [
  textElement(ENCODING, tagOf('PatientComments'), 'LT', PLANTED_COMMENT),
  textElement(ENCODING, tagOf('SpecimenUID'), 'UI', PLANTED_UID),
];

/** The VR of an attribute; OB for curves and private ones, whose content is not known. */
export function vrOf(tag: Tag): string {
  return lookup(tag)?.vr.split(' ')[0] ?? 'OB';
}

/** The attribute with a value that points to somebody, as far as its VR can. */
export function plantedElement(tag: Tag): DataElement {
  const vr = vrOf(tag);
  if (vr === 'SQ') return sequenceElement(tag, [makeDataSet(ENCODING, PLANTED_ITEM)]);
  if (NUMBERS.has(vr)) return numberElement(ENCODING, tag, vr, [7]);
  const value = tag === TIME_ZONE ? '+0100' : ([...(ENUMERATED_VALUES.get(tag) ?? [])][0] ?? PLANTED[vr]);
  return value === undefined
    ? bytesElement(tag, vr, Uint8Array.of(90, 89, 88, 87))
    : textElement(ENCODING, tag, vr, value);
}

/** An object of the class with the attribute in it. */
export function objectWith(tag: Tag, { sopClass, sequence }: Place): DataSet {
  const creator =
    (tag >>> 16) & 1
      ? [textElement(ENCODING, ((tag & 0xffff0000) | ((tag >>> 8) & 0xff)) >>> 0, 'LO', 'MAKER OF ROWS')]
      : [];
  const planted = [...creator, plantedElement(tag)];
  const added = sequence === undefined ? planted : [sequenceElement(sequence, [makeDataSet(ENCODING, planted)])];
  const own = added.some((element) => element.tag === tagOf('SOPClassUID'))
    ? []
    : [text('SOPClassUID', 'UI', sopClass)];
  return makeDataSet(ENCODING, ctElements(...own, ...added));
}

const AT_TOP = new Map<Tag, Map<string, Place>>();
const INSIDE = new Map<Tag, Map<string, Place>>();
const listed = new Set(TABLES.confidentiality.rows.map(({ tag }) => Number.parseInt(tag.replace(/[(),]/g, ''), 16)));

function remember(places: Map<Tag, Map<string, Place>>, tag: Tag, place: Place): void {
  const known = places.get(tag) ?? new Map<string, Place>();
  places.set(tag, known);
  if (!known.has(place.type ?? '')) known.set(place.type ?? '', place);
}

for (const sopClass of CLASSES) {
  const scope = TABLES.types.scopeOf(sopClass);
  for (const tag of scope.tags()) {
    remember(AT_TOP, tag, { sopClass, sequence: undefined, type: scope.typeOf(tag) });
    if (listed.has(tag) || vrOf(tag) !== 'SQ') continue;
    const inside = scope.inside(tag);
    for (const nested of inside.tags())
      remember(INSIDE, nested, { sopClass, sequence: tag, type: inside.typeOf(nested) });
  }
}

/** Every type that an IOD gives the attribute, at the top and one level down, and no type at both. */
export function placesOf(tag: Tag): Place[] {
  const absent = CLASSES.find((uid) => TABLES.types.scopeOf(uid).typeOf(tag) === undefined);
  return [
    ...(AT_TOP.get(tag)?.values() ?? []),
    ...(INSIDE.get(tag)?.values() ?? []),
    ...(absent === undefined ? [] : [{ sopClass: absent, sequence: undefined, type: undefined }]),
    { sopClass: CT, sequence: UNLISTED_SEQUENCE, type: undefined },
  ];
}

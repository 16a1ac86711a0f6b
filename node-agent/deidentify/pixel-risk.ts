/** Which images may show text about the patient. Pixels are not examined: the header has to rule it out. */
import type { DataSet, Tag } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { isEmpty, textsAt } from './element-values.ts';
import { readTable, type Table } from './read-table.ts';

/** Every condition that a rule names must hold; within one, any of its values. */
interface PixelRiskRule {
  readonly id: string;
  readonly why: string;
  readonly sopClasses?: readonly string[];
  readonly modalities?: readonly string[];
  readonly imageTypeValues?: readonly string[];
  readonly conversionTypes?: readonly string[];
  readonly burnedInAnnotation?: readonly string[];
  readonly photometricInterpretations?: readonly string[];
  /** Patterns of single values of Image Type. */
  readonly imageTypePatterns?: readonly string[];
  /** Parts of Manufacturer and of Manufacturer's Model Name or Software Versions, in small letters. */
  readonly manufacturerWords?: readonly string[];
  readonly modelWords?: readonly string[];
  /** Attributes any of which has a value. */
  readonly present?: readonly string[];
  /** Words of Series Description, compared without regard to case. */
  readonly descriptionWords?: readonly string[];
  /** The rule does not apply where Burned In Annotation (0028,0301) says NO. */
  readonly unlessDeclaredFree?: boolean;
}

interface File extends Table {
  readonly rules: readonly PixelRiskRule[];
}

const TAGS = {
  sopClass: tagOf('SOPClassUID'),
  modality: tagOf('Modality'),
  imageType: tagOf('ImageType'),
  conversionType: tagOf('ConversionType'),
  burnedInAnnotation: tagOf('BurnedInAnnotation'),
  photometricInterpretation: tagOf('PhotometricInterpretation'),
  seriesDescription: tagOf('SeriesDescription'),
  manufacturer: tagOf('Manufacturer'),
  model: tagOf('ManufacturerModelName'),
  software: tagOf('SoftwareVersions'),
} as const;
const PIXEL_DATA = [0x7fe00010, 0x7fe00008, 0x7fe00009];

export class PixelRisk {
  readonly #rules: readonly PixelRiskRule[];

  constructor(file: File = readTable<File>('pixel-risk.json')) {
    this.#rules = file.rules;
  }

  /** The reason why the pixels may show text, as a sentence; undefined when no rule suspects them. */
  reason(dataSet: DataSet): string | undefined {
    if (!PIXEL_DATA.some((tag) => dataSet.has(tag))) return undefined;
    const declaredFree = upper(textsAt(dataSet, TAGS.burnedInAnnotation)[0]) === 'NO';
    return this.#rules.find((rule) => !(declaredFree && rule.unlessDeclaredFree === true) && applies(rule, dataSet))
      ?.why;
  }
}

function applies(rule: PixelRiskRule, dataSet: DataSet): boolean {
  const any = (wanted: readonly string[] | undefined, found: () => readonly string[]): boolean =>
    wanted === undefined || found().some((value) => wanted.includes(upper(value)));
  return (
    any(rule.sopClasses, () => textsAt(dataSet, TAGS.sopClass)) &&
    any(rule.modalities, () => textsAt(dataSet, TAGS.modality)) &&
    any(rule.imageTypeValues, () => textsAt(dataSet, TAGS.imageType)) &&
    any(rule.conversionTypes, () => textsAt(dataSet, TAGS.conversionType)) &&
    any(rule.burnedInAnnotation, () => textsAt(dataSet, TAGS.burnedInAnnotation)) &&
    any(rule.photometricInterpretations, () => textsAt(dataSet, TAGS.photometricInterpretation)) &&
    matches(rule.imageTypePatterns, textsAt(dataSet, TAGS.imageType)) &&
    named(rule.manufacturerWords, dataSet, [TAGS.manufacturer]) &&
    named(rule.modelWords, dataSet, [TAGS.manufacturer, TAGS.model, TAGS.software]) &&
    (rule.present === undefined || rule.present.some((digits) => hasValue(dataSet, Number.parseInt(digits, 16)))) &&
    named(rule.descriptionWords, dataSet, [TAGS.seriesDescription])
  );
}

function matches(patterns: readonly string[] | undefined, values: readonly string[]): boolean {
  return (
    patterns === undefined || values.some((value) => patterns.some((pattern) => new RegExp(pattern).test(upper(value))))
  );
}

/** Whether one of the words stands in the attributes, side by side as if they were one text. */
function named(words: readonly string[] | undefined, dataSet: DataSet, tags: readonly Tag[]): boolean {
  if (words === undefined) return true;
  const text = tags
    .flatMap((tag) => textsAt(dataSet, tag))
    .join(' ')
    .toLowerCase();
  return words.some((word) => text.includes(word));
}

function hasValue(dataSet: DataSet, tag: Tag): boolean {
  const element = dataSet.get(tag);
  return element !== undefined && !isEmpty(element);
}

function upper(text: string | undefined): string {
  return (text ?? '').trim().toUpperCase();
}

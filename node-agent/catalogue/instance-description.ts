/** What the index keeps of one de-identified object (EUCAIM minimum metadata, and what a search shows). */
import type { DataSet } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { ageStringYears, isoDate, yearsBetween } from './dicom-value.ts';
import { CatalogueError } from './errors.ts';

export interface InstanceDescription {
  readonly patientId: string;
  readonly sex: string | null;
  readonly studyUid: string;
  /** Shifted, `YYYY-MM-DD`. */
  readonly studyDate: string | null;
  /** Age at the study, one decimal. */
  readonly ageYears: number | null;
  readonly studyDescription: string | null;
  readonly seriesUid: string;
  readonly seriesNumber: number | null;
  readonly modality: string | null;
  readonly bodyPart: string | null;
  readonly anatomicRegions: readonly { readonly code: string; readonly scheme: string }[];
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly laterality: string | null;
  readonly seriesDescription: string | null;
  readonly protocol: string | null;
  readonly instanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  readonly instanceNumber: number | null;
  /** Null where the object is no image. */
  readonly rows: number | null;
  readonly columns: number | null;
  readonly frames: number;
}

/**
 * Describes a de-identified object from its data set alone.
 * @throws CatalogueError `missing-identifier` when a UID or the patient ID is absent
 */
export function describeInstance(dataSet: DataSet, file: { readonly transferSyntaxUid: string }): InstanceDescription {
  const text = (keyword: string) => textOf(dataSet, keyword);
  const needed = (keyword: string) => requiredText(dataSet, keyword);
  const whole = (keyword: string) => wholeNumber(dataSet, keyword);
  const studyDate = isoDate(text('StudyDate') ?? undefined);
  return {
    patientId: needed('PatientID'),
    sex: text('PatientSex'),
    studyUid: needed('StudyInstanceUID'),
    studyDate,
    ageYears: ageAtStudy(dataSet, studyDate),
    studyDescription: text('StudyDescription'),
    seriesUid: needed('SeriesInstanceUID'),
    seriesNumber: whole('SeriesNumber'),
    modality: text('Modality'),
    bodyPart: text('BodyPartExamined'),
    anatomicRegions: anatomicRegionsOf(dataSet),
    manufacturer: text('Manufacturer'),
    model: text('ManufacturerModelName'),
    laterality: text('ImageLaterality') ?? text('Laterality'),
    seriesDescription: text('SeriesDescription'),
    protocol: text('ProtocolName'),
    instanceUid: needed('SOPInstanceUID'),
    sopClassUid: needed('SOPClassUID'),
    transferSyntaxUid: file.transferSyntaxUid,
    instanceNumber: whole('InstanceNumber'),
    rows: whole('Rows'),
    columns: whole('Columns'),
    frames: Math.max(1, whole('NumberOfFrames') ?? 1),
  };
}

function textOf(dataSet: DataSet, keyword: string): string | null {
  const text = dataSet.string(tagOf(keyword))?.trim();
  return text === undefined || text === '' ? null : text;
}

function requiredText(dataSet: DataSet, keyword: string): string {
  const text = textOf(dataSet, keyword);
  if (text !== null) return text;
  throw new CatalogueError(
    'missing-identifier',
    `The object has no ${keyword}, so it cannot be placed under a patient, study and series. Ask the sender for a complete object.`,
  );
}

function wholeNumber(dataSet: DataSet, keyword: string): number | null {
  const number = dataSet.number(tagOf(keyword));
  return number !== undefined && Number.isSafeInteger(number) ? number : null;
}

function ageAtStudy(dataSet: DataSet, studyDate: string | null): number | null {
  const stated = ageStringYears(textOf(dataSet, 'PatientAge') ?? undefined);
  return stated ?? yearsBetween(isoDate(textOf(dataSet, 'PatientBirthDate') ?? undefined), studyDate);
}

/** Anatomic Region Sequence of the image, else of its shared functional groups (PS3.3 §10.5, C.7.6.16.2.8). */
function anatomicRegionsOf(dataSet: DataSet): { code: string; scheme: string }[] {
  const region = tagOf('AnatomicRegionSequence');
  const inFunctionalGroups = dataSet
    .items(tagOf('SharedFunctionalGroupsSequence'))
    .flatMap((group) => group.items(tagOf('FrameAnatomySequence')))
    .flatMap((anatomy) => anatomy.items(region));
  return [...dataSet.items(region), ...inFunctionalGroups].flatMap((item) => {
    const code = textOf(item, 'CodeValue');
    const scheme = textOf(item, 'CodingSchemeDesignator');
    return code !== null && scheme !== null ? [{ code, scheme }] : [];
  });
}

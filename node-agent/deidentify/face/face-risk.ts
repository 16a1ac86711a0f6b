/**
 * Whether a face could be rebuilt from the volume that an image belongs to (PS3.15 §E.3.2, Clean Recognizable Visual
 * Features). Gatehouse does not change such pixels and does not claim to: it flags them. How many slices the volume has,
 * only the index knows.
 */
import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { textsAt } from '../element-values.ts';
import { readTable, type Table } from '../read-table.ts';
import { fold, wordsOf } from '../text/folding.ts';

interface File extends Table {
  readonly modalities: readonly string[];
  readonly notImageTypes: readonly string[];
  readonly photometricInterpretations: readonly string[];
  readonly head: { readonly codes: readonly string[]; readonly words: readonly string[] };
  readonly elsewhere: { readonly words: readonly string[] };
}

const TAGS = {
  modality: tagOf('Modality'),
  imageType: tagOf('ImageType'),
  photometricInterpretation: tagOf('PhotometricInterpretation'),
  pixelData: tagOf('PixelData'),
  anatomicRegion: tagOf('AnatomicRegionSequence'),
  codeValue: tagOf('CodeValue'),
  codeMeaning: tagOf('CodeMeaning'),
} as const;
const DESCRIPTIONS = [
  'StudyDescription',
  'SeriesDescription',
  'ProtocolName',
  'RequestedProcedureDescription',
  'PerformedProcedureStepDescription',
].map(tagOf);
const BODY_PART = tagOf('BodyPartExamined');

const file = readTable<File>('face-risk.json');
const HEAD: ReadonlySet<string> = new Set(file.head.words);
const HEAD_CODES: ReadonlySet<string> = new Set(file.head.codes);
const ELSEWHERE: ReadonlySet<string> = new Set(file.elsewhere.words);

/** Read from the original, whose words are still complete. An image that says nothing of its region may be of a head. */
export function mayShowFace(dataSet: DataSet): boolean {
  if (!dataSet.has(TAGS.pixelData) || !isSectional(dataSet)) return false;
  const regions = dataSet.items(TAGS.anatomicRegion);
  if (regions.some((region) => HEAD_CODES.has(region.string(TAGS.codeValue) ?? ''))) return true;
  const stated = [...textsAt(dataSet, BODY_PART), ...regions.map((region) => region.string(TAGS.codeMeaning) ?? '')];
  const words = [...stated, ...DESCRIPTIONS.flatMap((tag) => textsAt(dataSet, tag))]
    .flatMap((text) => wordsOf(text))
    .map((word) => fold(word));
  return words.some((word) => HEAD.has(word)) || !words.some((word) => ELSEWHERE.has(word));
}

function isSectional(dataSet: DataSet): boolean {
  const is = (tag: number, wanted: readonly string[]): boolean =>
    textsAt(dataSet, tag).some((text) => wanted.includes(text.trim().toUpperCase()));
  return (
    is(TAGS.modality, file.modalities) &&
    !is(TAGS.imageType, file.notImageTypes) &&
    is(TAGS.photometricInterpretation, file.photometricInterpretations)
  );
}

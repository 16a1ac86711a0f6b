/** What the tables need of a series beyond the index, from the header of its first object. */
import { isoDate } from '../../catalogue/dicom-value.ts';
import type { DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { readPart10 } from '../../dicom/part10-reader.ts';

export interface Segment {
  readonly number: string;
  readonly label: string;
  readonly description: string;
  readonly algorithmType: string;
  readonly algorithmName: string;
}

export interface SeriesHeader {
  /** Acquisition Date (0008,0022), else Series Date (0008,0021), as de-identification left it; `YYYY-MM-DD`. */
  readonly acquisitionDate: string | null;
  /** Acquisition parameters by keyword, as DICOM writes them. */
  readonly parameters: readonly (readonly [key: string, value: string])[];
  /** Of a segmentation (PS3.3 C.8.20.2). */
  readonly segments: readonly Segment[];
  /** The series a segmentation refers to. */
  readonly sourceSeriesUid: string | null;
}

/** What EUCAIM's ETL keeps of an acquisition. */
const PARAMETERS = [
  'KVP',
  'XRayTubeCurrent',
  'Exposure',
  'ExposureTime',
  'SpiralPitchFactor',
  'FilterType',
  'ConvolutionKernel',
  'SliceThickness',
  'Rows',
  'Columns',
] as const;

/** @throws DicomParseError, the system's error: an object of the archive can be read */
export async function readSeriesHeader(path: string): Promise<SeriesHeader> {
  const object = await readPart10(path, { tolerant: true, stopBefore: tagOf('PixelData') });
  try {
    const { dataSet } = object;
    return {
      acquisitionDate: isoDate(textOf(dataSet, 'AcquisitionDate')) ?? isoDate(textOf(dataSet, 'SeriesDate')),
      parameters: parametersOf(dataSet),
      segments: dataSet.items(tagOf('SegmentSequence')).map(segmentOf),
      sourceSeriesUid: sourceOf(dataSet),
    };
  } finally {
    await object.close();
  }
}

function textOf(dataSet: DataSet, keyword: string): string | undefined {
  const tag = tagOf(keyword);
  const texts = dataSet.strings(tag);
  const text = texts.length > 0 ? texts.join('\\') : dataSet.number(tag)?.toString();
  const trimmed = text?.replaceAll(/\s+/gu, ' ').trim();
  return trimmed === '' ? undefined : trimmed;
}

function parametersOf(dataSet: DataSet): [string, string][] {
  const found = PARAMETERS.flatMap((keyword): [string, string][] => {
    const value = textOf(dataSet, keyword);
    return value === undefined ? [] : [[keyword, value]];
  });
  const [row, column] = (textOf(dataSet, 'PixelSpacing') ?? '').split('\\');
  if (row && column) found.push(['PixelSpacingRow', row.trim()], ['PixelSpacingColumn', column.trim()]);
  return found;
}

function segmentOf(item: DataSet): Segment {
  const text = (keyword: string) => textOf(item, keyword) ?? '';
  return {
    number: text('SegmentNumber'),
    label: text('SegmentLabel'),
    description: text('SegmentDescription'),
    algorithmType: text('SegmentAlgorithmType'),
    algorithmName: text('SegmentAlgorithmName'),
  };
}

function sourceOf(dataSet: DataSet): string | null {
  const [series] = dataSet.items(tagOf('ReferencedSeriesSequence'));
  return (series && textOf(series, 'SeriesInstanceUID')) ?? null;
}

/** Small series in any position, for the tests of geometry: files by an encoder that shares no line with the reader. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lookup, tagOf } from '../../../node-agent/dicom/dictionary.ts';
import { type Content, type Item, type PhantomElement, rawElement } from '../../phantom/elements.ts';
import { encodeFile, type TransferSyntaxName } from '../../phantom/part10.ts';

export type Values = Readonly<Record<string, string | number | Content>>;

export interface PhantomSlice {
  readonly attributes: Values;
  /** Stored values, row by row. */
  readonly pixels: Int16Array | Uint16Array | Uint8Array;
}

export interface PhantomSeries {
  readonly sopClassUid: string;
  readonly rows: number;
  readonly columns: number;
  readonly attributes: Values;
  readonly slices: readonly PhantomSlice[];
  readonly frames?: number;
  readonly transferSyntax?: TransferSyntaxName;
}

export const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';
export const MR_IMAGE = '1.2.840.10008.5.1.4.1.1.4';
export const PET_IMAGE = '1.2.840.10008.5.1.4.1.1.128';
export const ENHANCED_MR = '1.2.840.10008.5.1.4.1.1.4.1';

let made = 0;

/** Elements by keyword, with the VR that PS3.6 gives. */
export function elementsOf(values: Values): PhantomElement[] {
  return Object.entries(values).map(([keyword, content]) => {
    const tag = tagOf(keyword);
    const vr = lookup(tag)?.vr.replace('US or SS', 'US') ?? 'UN';
    return rawElement(tag, vr, content);
  });
}

/** An item of a sequence. */
export function item(values: Values): Item {
  return elementsOf(values);
}

/** Writes the files, in the order of the slices. @returns their paths */
export function writeSeries(folder: string, series: PhantomSeries): string[] {
  mkdirSync(folder, { recursive: true });
  made += 1;
  const seriesUid = `2.25.7700${made}`;
  return series.slices.map(({ attributes, pixels }, index) => {
    const signed = pixels instanceof Int16Array;
    const bits = pixels.BYTES_PER_ELEMENT * 8;
    const sopInstanceUid = `${seriesUid}.${index + 1}`;
    const values: Values = {
      SOPClassUID: series.sopClassUid,
      SOPInstanceUID: sopInstanceUid,
      StudyInstanceUID: '2.25.7700',
      SeriesInstanceUID: seriesUid,
      FrameOfReferenceUID: `${seriesUid}.0`,
      StudyDate: '20200101',
      StudyTime: '120000',
      AcquisitionTime: '120000',
      SeriesNumber: made,
      InstanceNumber: index + 1,
      PatientID: 'PHANTOM',
      Manufacturer: 'Phantom',
      PatientPosition: 'HFS',
      Rows: series.rows,
      Columns: series.columns,
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      BitsAllocated: bits,
      BitsStored: bits,
      HighBit: bits - 1,
      PixelRepresentation: signed ? 1 : 0,
      ...series.attributes,
      ...attributes,
    };
    const file = encodeFile({
      sopClassUid: series.sopClassUid,
      sopInstanceUid,
      elements: elementsOf(values),
      pixels: {
        bytes: new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength),
        columns: series.columns,
        bitsAllocated: bits as 8 | 16,
        samplesPerPixel: 1,
        frames: series.frames ?? 1,
      },
      transferSyntax: series.transferSyntax ?? 'explicitLittle',
      undefinedLengths: false,
      characterSet: [],
      preamble: '',
      sourceAeTitle: 'PHANTOM',
      trailingPadding: '',
    });
    const path = join(folder, `${String(index + 1).padStart(4, '0')}.dcm`);
    writeFileSync(path, file);
    return path;
  });
}

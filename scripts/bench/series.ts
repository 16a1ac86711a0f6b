/** Generated series to send: CT and MR images of one patient, uncompressed, with headers as long as scanners write them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { element, type PhantomElement, rawElement } from '../../test/phantom/elements.ts';
import { encodeFile } from '../../test/phantom/part10.ts';
import { RandomSource } from '../../test/phantom/random.ts';

export interface SeriesKind {
  readonly name: 'CT' | 'MR';
  readonly sopClassUid: string;
  readonly count: number;
  /** Rows and columns of 16 bits. */
  readonly size: number;
}

export const SERIES: readonly SeriesKind[] = [
  { name: 'CT', sopClassUid: '1.2.840.10008.5.1.4.1.1.2', count: 1000, size: 512 },
  { name: 'MR', sopClassUid: '1.2.840.10008.5.1.4.1.1.4', count: 2000, size: 256 },
];

/** Private elements that bring the header to the 270 or so a scanner writes. */
const PRIVATE_ELEMENTS = 230;

export interface SeriesFolder {
  readonly kind: SeriesKind;
  readonly folder: string;
  readonly bytes: number;
}

/** Writes `kind.count` files, dealt out into `parts` sub-folders of the folder: one for each association. */
export function generateSeries(kind: SeriesKind, folder: string, parts: number): SeriesFolder {
  const random = new RandomSource(`bench ${kind.name}`);
  const [study, series, frame] = [random.uid(), random.uid(), random.uid()];
  const pixels = noise(kind.size, random);
  let bytes = 0;
  for (let part = 0; part < parts; part += 1) mkdirSync(join(folder, String(part)), { recursive: true });
  for (let index = 0; index < kind.count; index += 1) {
    const sopInstanceUid = random.uid();
    const file = encodeFile({
      sopClassUid: kind.sopClassUid,
      sopInstanceUid,
      elements: header(kind, { study, series, frame, sopInstanceUid, index }),
      // Neighbouring slices differ, so that no receiver can profit from equal bytes.
      pixels: {
        bytes: pixels.subarray(index * 2, index * 2 + kind.size ** 2 * 2),
        columns: kind.size,
        ...SIXTEEN_BITS,
      },
      transferSyntax: 'explicitLittle',
      undefinedLengths: false,
      characterSet: [],
      preamble: '',
      sourceAeTitle: 'BENCH',
      trailingPadding: '',
    });
    writeFileSync(join(folder, String(index % parts), `${String(index).padStart(5, '0')}.dcm`), file);
    bytes += file.length;
  }
  return { kind, folder, bytes };
}

const SIXTEEN_BITS = { bitsAllocated: 16, samplesPerPixel: 1, frames: 1 } as const;

interface Identity {
  readonly study: string;
  readonly series: string;
  readonly frame: string;
  readonly sopInstanceUid: string;
  readonly index: number;
}

function header(kind: SeriesKind, { study, series, frame, sopInstanceUid, index }: Identity): PhantomElement[] {
  return [
    element('ImageType', ['ORIGINAL', 'PRIMARY', 'AXIAL']),
    element('SOPClassUID', kind.sopClassUid),
    element('SOPInstanceUID', sopInstanceUid),
    element('StudyDate', '20240102'),
    element('StudyTime', '101112'),
    element('ContentDate', '20240102'),
    element('ContentTime', '101112'),
    element('AccessionNumber', 'A0001'),
    element('Modality', kind.name),
    element('Manufacturer', 'Bench'),
    element('ReferringPhysicianName', ''),
    element('StudyDescription', 'BENCH'),
    element('SeriesDescription', kind.name),
    element('PatientName', 'Bench^Invented'),
    element('PatientID', 'BENCH-1'),
    element('PatientBirthDate', '19500101'),
    element('PatientSex', 'O'),
    element('BodyPartExamined', 'CHEST'),
    element('SliceThickness', 1),
    element('StudyInstanceUID', study),
    element('SeriesInstanceUID', series),
    element('StudyID', '1'),
    element('SeriesNumber', 1),
    element('InstanceNumber', index + 1),
    element('ImagePositionPatient', [0, 0, index]),
    element('ImageOrientationPatient', [1, 0, 0, 0, 1, 0]),
    element('FrameOfReferenceUID', frame),
    element('SamplesPerPixel', 1),
    element('PhotometricInterpretation', 'MONOCHROME2'),
    element('Rows', kind.size),
    element('Columns', kind.size),
    element('PixelSpacing', [0.7, 0.7]),
    element('BitsAllocated', 16),
    element('BitsStored', 12),
    element('HighBit', 11),
    element('PixelRepresentation', 0),
    rawElement(0x00290010, 'LO', 'GATEHOUSE BENCH'),
    ...Array.from({ length: PRIVATE_ELEMENTS }, (_, offset) =>
      rawElement(0x00291001 + offset, offset % 2 === 0 ? 'LO' : 'DS', String(offset * 17)),
    ),
  ];
}

/** A frame of noise and some more, so that every slice can begin two bytes later than the one before. */
function noise(size: number, random: RandomSource): Buffer {
  const words = new Uint16Array(size ** 2 + 4096);
  for (let index = 0; index < words.length; index += 1) words[index] = random.integer(0, 4095);
  return Buffer.from(words.buffer);
}

/** Small de-identified objects as files, for tests of what reads the stored files of the index. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { element, type PhantomElement } from '../phantom/elements.ts';
import { encodeFile, type TransferSyntaxName } from '../phantom/part10.ts';

export interface StoredObject {
  readonly instanceUid: string;
  readonly sopClassUid?: string;
  readonly transferSyntax?: TransferSyntaxName;
  /** Sample values of an image of 32 by 34 pixels of 8 bits, from 0; no image where it is left out. */
  readonly sample?: (row: number, column: number) => number;
  /** Bytes at the end of the pixel data that are missing. */
  readonly missing?: number;
  readonly elements?: readonly PhantomElement[];
}

const MR_IMAGE = '1.2.840.10008.5.1.4.1.1.4';
const ROWS = 32;
const COLUMNS = 34;

/** Writes the file below the root. @returns its SHA-256, hex, and its length */
export function storeObject(root: string, file: string, object: StoredObject): { contentHash: string; bytes: number } {
  const { instanceUid, sopClassUid = MR_IMAGE, transferSyntax = 'explicitLittle', sample, missing = 0 } = object;
  const pixels =
    sample && Uint8Array.from({ length: ROWS * COLUMNS }, (_, at) => sample(Math.floor(at / COLUMNS), at % COLUMNS));
  const image = [
    element('SamplesPerPixel', [1]),
    element('PhotometricInterpretation', 'MONOCHROME2'),
    element('Rows', [ROWS]),
    element('Columns', [COLUMNS]),
    element('BitsAllocated', [8]),
    element('BitsStored', [8]),
    element('HighBit', [7]),
    element('PixelRepresentation', [0]),
  ];
  const content = encodeFile({
    sopClassUid,
    sopInstanceUid: instanceUid,
    elements: [
      element('SOPClassUID', sopClassUid),
      element('SOPInstanceUID', instanceUid),
      ...(pixels ? image : []),
      ...(object.elements ?? []),
    ],
    ...(pixels && {
      pixels: {
        bytes: pixels.subarray(0, pixels.length - missing),
        columns: COLUMNS,
        bitsAllocated: 8,
        samplesPerPixel: 1,
        frames: 1,
      },
    }),
    transferSyntax,
    undefinedLengths: false,
    characterSet: [],
    preamble: '',
    sourceAeTitle: 'TEST',
    trailingPadding: '',
  });
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
  return { contentHash: createHash('sha256').update(content).digest('hex'), bytes: content.length };
}

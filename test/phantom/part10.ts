/** Files of PS3.10 §7: preamble, file meta information and a data set in one of five transfer syntaxes. */
import { deflateRawSync } from 'node:zlib';
import { element, type Item, type PhantomElement, remove } from './elements.ts';
import { encodeDataSet, encodeEncapsulated } from './encoder.ts';
import { encodeRunLength } from './run-length.ts';

export const TRANSFER_SYNTAX = {
  implicitLittle: '1.2.840.10008.1.2',
  explicitLittle: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  explicitBig: '1.2.840.10008.1.2.2',
  runLength: '1.2.840.10008.1.2.5',
} as const;

export type TransferSyntaxName = keyof typeof TRANSFER_SYNTAX;

/** Pixels as native little endian samples, frame after frame. */
export interface Pixels {
  readonly bytes: Uint8Array;
  readonly columns: number;
  readonly bitsAllocated: 1 | 8 | 16;
  readonly samplesPerPixel: 1 | 3;
  readonly frames: number;
}

export interface PhantomFile {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly elements: Item;
  readonly pixels?: Pixels;
  readonly transferSyntax: TransferSyntaxName;
  readonly undefinedLengths: boolean;
  readonly characterSet: readonly string[];
  /** At most 128 characters for the preamble. */
  readonly preamble: string;
  readonly sourceAeTitle: string;
  /** Text for (FFFC,FFFC), the padding after the data set. */
  readonly trailingPadding: string;
}

const META_ENCODING = { explicit: true, littleEndian: true, undefinedLengths: false, characterSet: [] };

/** The file meta information without its group length. */
export function metaElements(file: PhantomFile): PhantomElement[] {
  return [
    element('FileMetaInformationVersion', Uint8Array.of(0, 1)),
    element('MediaStorageSOPClassUID', file.sopClassUid),
    element('MediaStorageSOPInstanceUID', file.sopInstanceUid, remove('uid')),
    element('TransferSyntaxUID', TRANSFER_SYNTAX[file.transferSyntax]),
    element('ImplementationClassUID', '2.25.306153926312704982071239712345678901'),
    element('ImplementationVersionName', 'PHANTOM_1'),
    element('SourceApplicationEntityTitle', file.sourceAeTitle, remove('ae-title')),
  ];
}

/** The bytes of the whole file. */
export function encodeFile(file: PhantomFile): Buffer {
  const meta = encodeDataSet(metaElements(file), META_ENCODING);
  const groupLength = encodeDataSet([element('FileMetaInformationGroupLength', meta.length)], META_ENCODING);
  const preamble = Buffer.alloc(128);
  preamble.write(file.preamble, 'ascii');
  const dataSet = encodeBody(file);
  return Buffer.concat([preamble, Buffer.from('DICM', 'ascii'), groupLength, meta, dataSet]);
}

function encodeBody(file: PhantomFile): Buffer {
  const encoding = {
    explicit: file.transferSyntax !== 'implicitLittle',
    littleEndian: file.transferSyntax !== 'explicitBig',
    undefinedLengths: file.undefinedLengths,
    characterSet: file.characterSet,
  };
  const parts = [encodeDataSet(file.elements, encoding)];
  if (file.pixels !== undefined) {
    if (file.transferSyntax === 'runLength') parts.push(encodeEncapsulated(runLengthFrames(file.pixels), encoding));
    else parts.push(encodeDataSet([nativePixelData(file.pixels, encoding.explicit)], encoding));
  }
  if (file.trailingPadding !== '') {
    parts.push(encodeDataSet([element('DataSetTrailingPadding', Buffer.from(file.trailingPadding, 'utf8'))], encoding));
  }
  const body = Buffer.concat(parts);
  if (file.transferSyntax !== 'deflated') return body;
  const deflated = deflateRawSync(body);
  return deflated.length % 2 === 0 ? deflated : Buffer.concat([deflated, Buffer.of(0)]);
}

/** OW when more than 8 bits are allocated or the VR is implicit (PS3.5 §8.2, Annex A). */
function nativePixelData(pixels: Pixels, explicit: boolean): PhantomElement {
  const words = pixels.bitsAllocated === 16 || !explicit;
  return { ...element('PixelData', pixels.bytes), vr: words ? 'OW' : 'OB' };
}

function runLengthFrames(pixels: Pixels): Buffer[] {
  const frameLength = pixels.bytes.length / pixels.frames;
  return Array.from({ length: pixels.frames }, (_, index) => {
    const frame = pixels.bytes.subarray(index * frameLength, (index + 1) * frameLength);
    return encodeRunLength(frame, pixels.columns, pixels.bitsAllocated === 16 ? 2 : 1);
  });
}

/** The start of a DICOM file: preamble, prefix and File Meta Information (PS3.10 §7.1). */
import type { DataElement, DataSet, Encoding } from './data-set.ts';
import type { DataSetParser } from './data-set-parser.ts';
import { LONG_HEADER, tagAt, vrAt } from './element-header.ts';
import { recogniseEncoding } from './encoding-recognition.ts';
import type { Findings } from './findings.ts';
import { DicomParseError } from './parse-error.ts';
import { FILE_META_GROUP, FILE_META_GROUP_LENGTH, TRANSFER_SYNTAX_UID } from './tags.ts';
import { transferSyntax } from './uids.ts';
import { isStandardVr } from './value-representation.ts';
import type { WindowedFile } from './windowed-file.ts';

const PREAMBLE = 128;
const PREFIX = 'DICM';

interface FileStart {
  readonly preamble: Uint8Array | undefined;
  /** Where File Meta Information, or the data set when there is none, begins. */
  readonly offset: number;
}

/** @throws DicomParseError 'not-dicom' */
export async function readFileStart(file: WindowedFile, tolerant: boolean, findings: Findings): Promise<FileStart> {
  const withPrefix = PREAMBLE + PREFIX.length;
  if ((await textAt(file, PREAMBLE)) === PREFIX && (!tolerant || (await beginsDataAt(file, withPrefix)))) {
    await file.load(0, withPrefix);
    return { preamble: file.bytes(0, PREAMBLE), offset: withPrefix };
  }
  if (tolerant) {
    const offset = (await textAt(file, 0)) === PREFIX ? PREFIX.length : 0;
    if (file.size > offset && (await beginsDataAt(file, offset))) {
      findings.add('The file has no 128-byte preamble.');
      return { preamble: undefined, offset };
    }
  }
  const what =
    file.size === 0 ? 'The file is empty.' : 'The file has no DICOM prefix (DICM) after a 128-byte preamble.';
  throw new DicomParseError('not-dicom', what, 0);
}

/**
 * Reads group 0002, which is explicit VR little endian; implicit VR and a wrong or missing group length are tolerated.
 * @returns the group (undefined when there is none) and where the data set begins
 */
export async function readFileMeta(
  file: WindowedFile,
  parser: DataSetParser,
  start: number,
  findings: Findings,
): Promise<{ meta: DataSet | undefined; dataSetOffset: number }> {
  const encoding = await metaEncoding(file, start);
  let statedEnd: number | undefined;
  const { dataSet, end } = await parser.parse(start, encoding, (position, tag, elements) => {
    if (elements.length === 1) statedEnd = endByGroupLength(elements[0], position);
    const inGroup = tag !== undefined && tag >>> 16 === FILE_META_GROUP;
    // A deflated data set may begin with any bytes, those of a tag of group 0002 included.
    return !inGroup || (position === statedEnd && isDeflated(elements));
  });
  if (dataSet.elements.length === 0) return { meta: undefined, dataSetOffset: start };
  if (!encoding.explicit) findings.add('The File Meta Information is in implicit VR.');
  if (statedEnd !== end) findings.add('The length of the File Meta Information is missing or wrong.');
  return { meta: dataSet, dataSetOffset: end };
}

async function textAt(file: WindowedFile, offset: number): Promise<string> {
  if (file.size < offset + PREFIX.length) return '';
  if (!file.holds(offset, PREFIX.length)) await file.load(offset, PREFIX.length);
  return Buffer.from(file.bytes(offset, PREFIX.length)).toString('latin1');
}

/** Whether File Meta Information or a recognisable data set begins here, or the file ends. */
async function beginsDataAt(file: WindowedFile, offset: number): Promise<boolean> {
  if (offset === file.size) return true;
  if (file.size - offset < LONG_HEADER) return false;
  if (!file.holds(offset, LONG_HEADER)) await file.load(offset, LONG_HEADER);
  const tag = tagAt(file, offset, true);
  return tag >>> 16 === FILE_META_GROUP || (await recogniseEncoding(file, offset)) !== undefined;
}

async function metaEncoding(file: WindowedFile, offset: number): Promise<Encoding> {
  if (file.size - offset < LONG_HEADER) return { explicit: true, littleEndian: true };
  if (!file.holds(offset, LONG_HEADER)) await file.load(offset, LONG_HEADER);
  return { explicit: isStandardVr(vrAt(file, offset)), littleEndian: true };
}

function endByGroupLength(element: DataElement | undefined, position: number): number | undefined {
  if (element?.tag !== FILE_META_GROUP_LENGTH || element.value.kind !== 'bytes') return undefined;
  const { bytes } = element.value;
  return bytes.length === 4 ? position + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) : undefined;
}

function isDeflated(elements: readonly DataElement[]): boolean {
  const element = elements.find(({ tag }) => tag === TRANSFER_SYNTAX_UID);
  if (element?.value.kind !== 'bytes') return false;
  const uid = Buffer.from(element.value.bytes)
    .toString('latin1')
    .replace(/[\0 ]+$/, '');
  return transferSyntax(uid)?.deflated === true;
}

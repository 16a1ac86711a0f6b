/** Reads a DICOM file (PS3.10) without taking more of it into memory than its header. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { DataSet, Encoding, Tag } from './data-set.ts';
import { DataSetParser, type StopCondition } from './data-set-parser.ts';
import { recogniseEncoding } from './encoding-recognition.ts';
import { readFileMeta, readFileStart } from './file-meta-reader.ts';
import { Findings } from './findings.ts';
import { inflateToFile } from './inflated-copy.ts';
import { DicomParseError } from './parse-error.ts';
import { DEFAULT_READ_LIMITS, type ReadLimits } from './read-limits.ts';
import { TRANSFER_SYNTAX_UID } from './tags.ts';
import {
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  type TransferSyntax,
  transferSyntax,
} from './uids.ts';
import { reportUndeclaredText } from './undeclared-text.ts';
import { WindowedFile } from './windowed-file.ts';

export interface ReadOptions {
  /** Accept files without preamble, File Meta Information or transfer syntax where the rest can be recognised. */
  readonly tolerant?: boolean;
  readonly limits?: Partial<ReadLimits>;
  /** Stop before the first element of the data set with this or a higher tag. */
  readonly stopBefore?: Tag;
  /** Read without giving way to anything else: for processes that look at one object at a time. */
  readonly blocking?: boolean;
  /** Where an inflated copy goes; the system's folder for temporary files unless told. */
  readonly temporaryFolder?: string;
  /** Beginning of the name of that copy, so that whoever ends this process finds what it left. */
  readonly temporaryName?: string;
}

/** Options for an inflated copy beside a file, by whose name it can be found when the process that made it was ended. */
export function temporaryBeside(file: string): Pick<ReadOptions, 'temporaryFolder' | 'temporaryName'> {
  return { temporaryFolder: dirname(file), temporaryName: basename(file) };
}

export interface Part10Object {
  /** The file that bulk values point into: an inflated temporary copy when deflated. */
  readonly path: string;
  /** The 128 bytes before the prefix; undefined when the file had none. */
  readonly preamble: Uint8Array | undefined;
  /** Group 0002; undefined when the file had none. */
  readonly meta: DataSet | undefined;
  readonly dataSet: DataSet;
  /**
   * The stated transfer syntax, or the recognised one when it was missing or plainly wrong. Only the
   * VRs or byte order of an encapsulated one may differ: the data set's `encoding` says what they are.
   */
  readonly transferSyntaxUid: string;
  /** Where the data set's bytes begin in the original file. */
  readonly dataSetOffset: number;
  /** Tolerated oddities, without identifiers. */
  readonly findings: readonly string[];
  /** Of the open file at `path`, until `close`; only where it was read blocking and was not deflated. */
  readonly descriptor?: number | undefined;
  /** Closes the file and removes the inflated temporary copy, if there is one. */
  close(): Promise<void>;
}

/**
 * Reads the file's structure and small values; large values are described by their place.
 * @throws DicomParseError when it is not a readable DICOM file; the system's error when it cannot be opened
 */
export async function readPart10(path: string, options: ReadOptions = {}): Promise<Part10Object> {
  const limits = { ...DEFAULT_READ_LIMITS, ...options.limits };
  const tolerant = options.tolerant ?? false;
  const findings = new Findings();
  const file = await WindowedFile.open(path, options.blocking);
  let staysOpen = false;
  try {
    const { preamble, offset } = await readFileStart(file, tolerant, findings);
    const parser = new DataSetParser(file, limits, findings, tolerant);
    const { meta, dataSetOffset } = await readFileMeta(file, parser, offset, findings);
    if (meta === undefined) requireTolerance(tolerant, 'The file has no File Meta Information.', offset, findings);
    const stated = statedTransferSyntax(meta, dataSetOffset);
    const head = { preamble, meta, dataSetOffset };
    if (stated?.deflated !== true) {
      const body = await readDataSet(file, parser, dataSetOffset, stated, options, findings);
      staysOpen = file.descriptor !== undefined;
      const close = async () => (staysOpen ? file.close() : undefined);
      return { ...head, ...body, path, findings: findings.list(), descriptor: file.descriptor, close };
    }
    const { temporaryFolder = tmpdir(), temporaryName = 'gatehouse' } = options;
    const copy = join(temporaryFolder, `${temporaryName}-inflated-${randomUUID()}.tmp`);
    await inflateToFile(path, dataSetOffset, file.size - dataSetOffset, copy, limits);
    try {
      const body = await readInflated(copy, stated, options, limits, findings);
      return { ...head, ...body, path: copy, findings: findings.list(), close: () => rm(copy, { force: true }) };
    } catch (error) {
      await rm(copy, { force: true });
      throw error;
    }
  } finally {
    if (!staysOpen) await file.close();
  }
}

interface Body {
  readonly dataSet: DataSet;
  readonly transferSyntaxUid: string;
}

async function readInflated(
  copy: string,
  stated: TransferSyntax,
  options: ReadOptions,
  limits: ReadLimits,
  findings: Findings,
): Promise<Body> {
  const file = await WindowedFile.open(copy, options.blocking);
  try {
    const parser = new DataSetParser(file, limits, findings, options.tolerant ?? false);
    return await readDataSet(file, parser, 0, stated, options, findings);
  } finally {
    await file.close();
  }
}

async function readDataSet(
  file: WindowedFile,
  parser: DataSetParser,
  offset: number,
  stated: TransferSyntax | undefined,
  options: ReadOptions,
  findings: Findings,
): Promise<Body> {
  const recognised = await recogniseEncoding(file, offset);
  const encoding = recognised ?? stated?.encoding;
  if (encoding === undefined || (stated === undefined && options.tolerant !== true)) {
    const message = 'The file does not say its transfer syntax, and it is not read by guessing.';
    throw new DicomParseError('unknown-transfer-syntax', message, offset);
  }
  const contradicted = stated !== undefined && !sameEncoding(stated.encoding, encoding);
  if (stated === undefined) findings.add('The file does not say its transfer syntax; it was recognised.');
  if (contradicted) findings.add('The data set is not encoded as the transfer syntax that the file states.');
  // How the pixels are compressed cannot be seen from the elements: there the statement stands.
  const keepsStated = stated !== undefined && (!contradicted || stated.encapsulated || stated.deflated);
  const transferSyntaxUid = keepsStated ? stated.uid : uidOf(encoding);
  const { stopBefore } = options;
  const stop: StopCondition | undefined =
    stopBefore === undefined ? undefined : (_position, tag) => tag !== undefined && tag >= stopBefore;
  const { dataSet } = await parser.parse(offset, encoding, stop);
  reportUndeclaredText(dataSet, findings);
  return { dataSet, transferSyntaxUid };
}

/** @throws DicomParseError when a transfer syntax is stated that nothing is known about */
function statedTransferSyntax(meta: DataSet | undefined, offset: number): TransferSyntax | undefined {
  const uid = meta?.string(TRANSFER_SYNTAX_UID);
  if (uid === undefined) return undefined;
  const stated = transferSyntax(uid);
  if (stated !== undefined) return stated;
  throw new DicomParseError(
    'unknown-transfer-syntax',
    'The file is in a transfer syntax that is not known here.',
    offset,
  );
}

function requireTolerance(tolerant: boolean, sentence: string, offset: number, findings: Findings): void {
  if (!tolerant) throw new DicomParseError('malformed', sentence, offset);
  findings.add(sentence);
}

function sameEncoding(one: Encoding, other: Encoding): boolean {
  return one.explicit === other.explicit && one.littleEndian === other.littleEndian;
}

function uidOf(encoding: Encoding): string {
  if (!encoding.explicit) return IMPLICIT_VR_LITTLE_ENDIAN;
  return encoding.littleEndian ? EXPLICIT_VR_LITTLE_ENDIAN : EXPLICIT_VR_BIG_ENDIAN;
}

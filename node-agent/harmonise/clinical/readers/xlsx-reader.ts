/** Workbooks of Excel 2007 and later (ECMA-376): every sheet with a head is a table; dates and numbers keep what they are. */
import readWorkbook, { type SheetData } from 'read-excel-file/node';
import { fromBuffer } from 'yauzl';
import { ClinicalFileError, type Finding } from '../finding.ts';
import type { SourceFile, SourceTable } from '../source-table.ts';
import { tableOfRecords } from './header.ts';

/** A workbook may unpack to this many bytes, so that a small file cannot fill the memory. */
const MOST_UNPACKED_BYTES = 256 * 1024 * 1024;
const MOST_ENTRIES = 2_000;
/** How files of Excel 97 and encrypted workbooks begin (OLE compound file). */
const COMPOUND_FILE = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/** @throws ClinicalFileError where it is not a workbook, is encrypted, or unpacks to too much */
export async function readXlsx(bytes: Buffer): Promise<SourceFile> {
  if (bytes.subarray(0, COMPOUND_FILE.length).equals(COMPOUND_FILE)) {
    throw new ClinicalFileError(
      'not-supported',
      'This is a workbook of Excel 97 to 2003, or one that is locked with a password. Save it as .xlsx without a password.',
    );
  }
  await checkUnpackedSize(bytes);
  const tables: SourceTable[] = [];
  const findings: Finding[] = [];
  for (const { sheet, data } of await readSheets(bytes)) {
    const records = recordsOf(data as SheetData);
    if (records.length === 0) continue;
    const read = tableOfRecords('xlsx', sheet, records);
    tables.push(read.table);
    findings.push(...read.findings);
  }
  if (tables.length === 0) throw new ClinicalFileError('empty-file', 'No sheet of the workbook has anything in it.');
  return {
    format: 'xlsx',
    recognised: [{ what: 'sheets', value: String(tables.length) }],
    tables,
    findings,
  };
}

async function readSheets(bytes: Buffer) {
  try {
    return await readWorkbook(bytes);
  } catch {
    throw new ClinicalFileError(
      'unreadable',
      'The workbook cannot be read: it is damaged, or not a workbook of Excel. Open it, save it again as .xlsx, and try again.',
    );
  }
}

/** Rows with anything in them; row 1 is the first of the sheet. */
function recordsOf(data: SheetData) {
  return data
    .map((cells, index) => ({ line: index + 1, cells: cells.map(cellText) }))
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  // A date of a sheet has no time zone; the library gives it as midnight UTC.
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  return String(cell);
}

/** Every entry is unpacked and counted once: what an archive states of its sizes is not to be relied on. */
function checkUnpackedSize(bytes: Buffer): Promise<void> {
  const notReadable = () =>
    new ClinicalFileError('unreadable', 'This is not a workbook of Excel (.xlsx), or it is damaged.');
  const tooLarge = () =>
    new ClinicalFileError(
      'too-large',
      'The workbook unpacks to more than 256 MB. Divide it, or save its sheets as CSV.',
    );
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (fault, archive) => {
      if (fault !== null || archive === undefined) return reject(notReadable());
      if (archive.entryCount > MOST_ENTRIES) return reject(tooLarge());
      let unpacked = 0;
      archive.on('error', () => reject(notReadable()));
      archive.on('end', () => resolve());
      archive.on('entry', (entry) => {
        archive.openReadStream(entry, (unreadable, stream) => {
          if (unreadable !== null || stream === undefined) return reject(notReadable());
          stream.on('data', (chunk: Buffer) => {
            unpacked += chunk.length;
            if (unpacked > MOST_UNPACKED_BYTES) {
              stream.destroy();
              reject(tooLarge());
            }
          });
          stream.on('error', () => reject(notReadable()));
          stream.on('end', () => archive.readEntry());
        });
      });
      archive.readEntry();
    });
  });
}

/** Reads a clinical file of any format that is understood. The bytes say which one it is, not its name. */
import { ClinicalFileError } from '../finding.ts';
import { MOST_BYTES, type SourceFile } from '../source-table.ts';
import { type CsvOptions, readCsv } from './csv-reader.ts';
import { readFhir } from './fhir-reader.ts';
import { isRedcap, readRedcap } from './redcap.ts';
import { readXlsx } from './xlsx-reader.ts';

/** @throws ClinicalFileError where nothing can be made of it; the message names the place */
export async function readClinicalFile(bytes: Buffer, options: CsvOptions = {}): Promise<SourceFile> {
  if (bytes.length === 0) throw new ClinicalFileError('empty-file', 'The file is empty.');
  if (bytes.length > MOST_BYTES) throw new ClinicalFileError('too-large', 'The file is larger than 64 MB. Divide it.');
  if (beginsWith(bytes, 'PK\u0003\u0004') || beginsWith(bytes, '\u00d0\u00cf\u0011\u00e0')) return readXlsx(bytes);
  if (
    /^\s*\{/u.test(
      bytes
        .subarray(0, 64)
        .toString('utf8')
        .replace(/^\ufeff/u, ''),
    )
  )
    return readFhir(bytes);
  const file = readCsv(bytes, options);
  return file.tables.some(isRedcap) ? readRedcap(file) : file;
}

function beginsWith(bytes: Buffer, head: string): boolean {
  return bytes.subarray(0, head.length).equals(Buffer.from(head, 'latin1'));
}

/** The corpus of real DICOM files beside the repository. It is not part of it: tests that need it run only where it is. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseCsv } from './csv.ts';

export interface CorpusFile {
  /** Absolute path. */
  readonly path: string;
  /** Path inside the corpus: theme and file name. */
  readonly name: string;
  readonly theme: string;
  readonly modality: string;
  readonly transferSyntaxUid: string;
  readonly characterSet: string;
  readonly bytes: number;
  readonly note: string;
}

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'shared', 'corpus');

/** Where the corpus is, or would be. */
export function corpusFolder(): string {
  return ROOT;
}

/** Every file of the manifest, or undefined where the corpus is absent. */
export function corpus(): CorpusFile[] | undefined {
  const manifest = join(ROOT, 'MANIFEST.csv');
  if (!existsSync(manifest)) return undefined;
  const [header = [], ...rows] = parseCsv(readFileSync(manifest, 'utf8'));
  return rows.map((row) => {
    const column = (name: string): string => row[header.indexOf(name)] ?? '';
    const name = column('file');
    return {
      path: join(ROOT, name),
      name,
      theme: name.split('/')[0] ?? '',
      modality: column('modality'),
      transferSyntaxUid: column('transfer_syntax'),
      characterSet: column('charset'),
      bytes: Number(column('bytes')),
      note: column('note'),
    };
  });
}

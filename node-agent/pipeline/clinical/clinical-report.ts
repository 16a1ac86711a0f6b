/** What an administrator is told of a clinical file: what was recognised, what is wrong and where, what would be or was imported. */
import type { Finding } from '../../harmonise/clinical/finding.ts';
import type { SourceFile } from '../../harmonise/clinical/source-table.ts';

/** More findings than this are counted and not listed. */
const MOST_FINDINGS = 1_000;

export interface ClinicalCounts {
  /** Lines with something in them. */
  readonly lines: number;
  /** Lines left out because something is wrong with them, where only the valid ones are taken. */
  readonly linesLeftOut: number;
  readonly patients: number;
  /** Of these, patients the vault did not know. */
  readonly newPatients: number;
  /** Patients who objected; nothing of them is taken. */
  readonly objected: number;
  /** Rows for the index. */
  readonly rows: number;
  /** Rows that stand there already, just as they are. */
  readonly rowsThere: number;
}

export interface ClinicalReport {
  readonly format: SourceFile['format'];
  readonly recognised: SourceFile['recognised'];
  readonly counts: ClinicalCounts;
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  /** Those listed; errors first. */
  readonly findings: readonly Finding[];
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
  /** Whether everything that the choices ask for can be imported. */
  readonly importable: boolean;
}

const ORDER = ['error', 'warning', 'note'];

export function reportOf(
  file: SourceFile,
  findings: readonly Finding[],
  rest: Pick<ClinicalReport, 'counts' | 'tables' | 'importable'>,
): ClinicalReport {
  const of = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const sorted = [...findings].sort((one, other) => ORDER.indexOf(one.level) - ORDER.indexOf(other.level));
  return {
    format: file.format,
    recognised: file.recognised,
    ...rest,
    findings: sorted.slice(0, MOST_FINDINGS),
    errors: of('error'),
    warnings: of('warning'),
    notes: of('note'),
  };
}

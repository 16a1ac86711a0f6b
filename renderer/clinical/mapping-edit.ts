/** Changing a mapping on screen: what a column becomes, one column at a time. */
import type { Answer } from '../client/call.ts';

export type Draft = Answer<'readClinicalFile'>;
export type Mapping = Draft['proposal'];
export type Part = Mapping['parts'][number];
export type ColumnMapping = Part['columns'][number];
export type Target = Answer<'listClinicalTargets'>[number];

/** What a column can be besides a column of the common data model. */
export const ROLES = {
  'patient-id': 'Patient ID',
  issuer: 'Issuer of the Patient ID',
  'birth-date': 'Date of birth (for ages, kept nowhere)',
  aside: 'Left aside',
} as const;
type Role = keyof typeof ROLES;

export const DATE_FORMATS = [
  'YYYY-MM-DD',
  'YYYYMMDD',
  'DD.MM.YYYY',
  'DD/MM/YYYY',
  'DD-MM-YYYY',
  'MM/DD/YYYY',
  'YYYY/MM/DD',
] as const;

/** What a column becomes: a role, `table.column`, or several of these joined by ` + ` where a mapping uses it twice. */
export function aimOf(part: Part, column: string): string {
  if (part.patientId === column) return 'patient-id';
  if (part.birthDate?.column === column) return 'birth-date';
  if (part.issuer && 'column' in part.issuer && part.issuer.column === column) return 'issuer';
  const targets = part.columns.filter((one) => one.column === column).map(({ target }) => target);
  return targets.length === 0 ? 'aside' : targets.join(' + ');
}

/** The part with the column aimed at something else. */
export function aimAt(part: Part, column: string, aim: string): Part {
  const { issuer, birthDate, ...rest } = part;
  const keepIssuer = issuer && !('column' in issuer && issuer.column === column) && aim !== 'issuer' ? { issuer } : {};
  const keepBirth = birthDate && birthDate.column !== column && aim !== 'birth-date' ? { birthDate } : {};
  const freed: Part = {
    ...rest,
    ...keepIssuer,
    ...keepBirth,
    columns: part.columns.filter((one) => one.column !== column),
    ignored: part.ignored.filter((name) => name !== column),
  };
  switch (aim as Role) {
    case 'patient-id':
      return { ...freed, patientId: column };
    case 'issuer':
      return { ...freed, issuer: { column } };
    case 'birth-date':
      return { ...freed, birthDate: { column } };
    case 'aside':
      return { ...freed, ignored: [...freed.ignored, column] };
    default:
      return { ...freed, columns: [...freed.columns, { column, target: aim, row: freeRow(freed, aim) }] };
  }
}

/** A second column of the same target makes a second row of its table. */
function freeRow({ columns }: Part, target: string): string {
  const taken = columns.filter((one) => one.target === target).length;
  return String(taken + 1);
}

/** The part with one property of a mapped column changed; an undefined value takes it away. */
export function changeColumn(part: Part, column: string, target: string, change: Partial<ColumnMapping>): Part {
  return {
    ...part,
    columns: part.columns.map((one) => {
      if (one.column !== column || one.target !== target) return one;
      const entries = Object.entries({ ...one, ...change }).filter(([, value]) => value !== undefined);
      return Object.fromEntries(entries) as ColumnMapping;
    }),
  };
}

/** The words of a column with one of them meaning another code; an empty text where it means no value. */
export function withWord(
  values: ColumnMapping['values'],
  word: string,
  code: string | undefined,
): ColumnMapping['values'] {
  const { [word]: _, ...others } = values ?? {};
  return code === undefined ? others : { ...others, [word]: code };
}

/** The file as the API takes it. */
export async function contentOf(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  const step = 0x8000;
  for (let at = 0; at < bytes.length; at += step) binary += String.fromCharCode(...bytes.subarray(at, at + step));
  return btoa(binary);
}

/** What the concept name of a content item (PS3.3 §C.17.3, §10.2) says about the value beside it. */
import type { DataSet, Tag } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { readTable, type Table } from '../read-table.ts';

/** Kinds of identifying values, named as in the table of identifying attributes. */
export type IdentifyingKind =
  | 'name'
  | 'id'
  | 'accession'
  | 'institution'
  | 'address'
  | 'phone'
  | 'device-serial'
  | 'station';

export type ContentRole = IdentifyingKind | 'patient-name' | 'patient-id' | 'birth-date' | 'age' | 'equipment';

interface File extends Table {
  readonly codedByOthers: { readonly schemes: readonly string[] };
  readonly roles: Readonly<
    Record<ContentRole, { readonly codes: readonly string[] /** A pattern of Code Meaning. */; readonly words: string }>
  >;
}

const CONCEPT_NAME = tagOf('ConceptNameCodeSequence');
const CODE_VALUE = tagOf('CodeValue');
const SCHEME = tagOf('CodingSchemeDesignator');
const MEANING = tagOf('CodeMeaning');
const TEXT_VALUE = tagOf('TextValue');
const IDENTIFYING_ROLES: ReadonlyMap<ContentRole, IdentifyingKind> = new Map<ContentRole, IdentifyingKind>([
  ['patient-name', 'name'],
  ['patient-id', 'id'],
  ...(['name', 'id', 'accession', 'institution', 'address', 'phone', 'device-serial', 'station'] as const).map(
    (kind): [ContentRole, IdentifyingKind] => [kind, kind],
  ),
]);

const file = readTable<File>('content-concepts.json');
const CODED_BY_OTHERS: ReadonlySet<string> = new Set(file.codedByOthers.schemes);
const ENTRIES = Object.entries(file.roles) as [ContentRole, File['roles'][ContentRole]][];
const BY_CODE: ReadonlyMap<string, ContentRole> = new Map(
  ENTRIES.flatMap(([role, { codes }]) => codes.map((code): [string, ContentRole] => [code, role])),
);
const BY_WORDS: readonly (readonly [ContentRole, RegExp])[] = ENTRIES.filter(([, { words }]) => words !== '').map(
  ([role, { words }]) => [role, new RegExp(words, 'i')],
);

/** The role of a content item by its concept name; undefined when that says nothing about identity. */
export function contentRole(item: DataSet): ContentRole | undefined {
  const [concept] = item.items(CONCEPT_NAME);
  if (concept === undefined) return undefined;
  const scheme = concept.string(SCHEME) ?? '';
  const coded = BY_CODE.get(`${scheme} ${concept.string(CODE_VALUE) ?? ''}`);
  if (coded !== undefined || CODED_BY_OTHERS.has(scheme)) return coded;
  const meaning = (concept.string(MEANING) ?? '').trim();
  return BY_WORDS.find(([, words]) => words.test(meaning))?.[0];
}

/** What kind of identifier the Text Value (0040,A160) of a content item is; undefined for other text and other tags. */
export function identifyingText(item: DataSet, tag: Tag): IdentifyingKind | undefined {
  if (tag !== TEXT_VALUE) return undefined;
  const role = contentRole(item);
  return role === undefined ? undefined : IDENTIFYING_ROLES.get(role);
}

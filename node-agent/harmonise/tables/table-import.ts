/** Importing a newer table: read whole, checked line by line, compared with the one in use, and put into use in one step. */
import { createHash } from 'node:crypto';
import { readHyperOntology } from '../ontology/hyper-ontology.ts';
import { ONTOLOGY_COLUMNS, type OntologyTable, ontologyOf, type TableFacts } from '../ontology/ontology-table.ts';
import { loadVocabularies, VOCABULARY_NAMES, type Vocabulary, type VocabularyName } from '../vocabulary.ts';
import { differenceOf, type TableDifference } from './table-difference.ts';
import { readTableFile, type TableFile } from './table-file.ts';
import { TableError, TableProblems } from './table-problem.ts';
import { ONTOLOGY, TABLE_NAMES, type TableName, type TableShelf } from './table-shelf.ts';
import { vocabularyOf, vocabularyRows } from './vocabulary-table.ts';

export interface ImportChoices {
  /** Where the file does not say it itself with `# table:`. */
  readonly table?: string | undefined;
  readonly version?: string | undefined;
  readonly edition?: string | undefined;
  readonly source?: string | undefined;
  readonly by: string;
  readonly now: Date;
}

/** A table that may be put into use. */
export interface PreparedTable extends TableDifference {
  readonly name: TableName;
  readonly version: string;
  readonly edition: string;
  readonly source: string;
  readonly entries: number;
  /** Of the table in use. */
  readonly versionBefore: string;
  readonly warnings: readonly string[];
  /** As it is kept in the data folder. */
  readonly content: string;
}

/** Reads and checks a table; nothing is changed yet. @throws TableError with every line that is wrong */
export function prepareTable(shelf: TableShelf, bytes: Uint8Array, choices: ImportChoices): PreparedTable {
  const problems = new TableProblems();
  const file = readTableFile(bytes, problems);
  const name = tableNamed(file, choices.table);
  const day = choices.now.toISOString().slice(0, 10).replaceAll('-', '.');
  const otherwise: Partial<TableFacts> = {
    // Told apart by content, so that a changed file is never taken for the one before.
    version: `${day}-${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}`,
    ...given('version', choices.version),
    ...given('edition', choices.edition),
    ...given('source', choices.source),
  };
  const stated = withoutStated(file, otherwise, choices);
  return name === ONTOLOGY
    ? preparedOntology(shelf, stated, problems, otherwise, choices)
    : preparedVocabulary(shelf, name, stated, problems, otherwise, choices);
}

export interface TableDescription extends TableFacts {
  readonly name: TableName;
  /** Concepts or classes. */
  readonly entries: number;
  /** Null for the table of the release. */
  readonly imported: { readonly by: string; readonly at: string } | null;
}

/** Every table in use. @throws StartUpError naming the file that cannot be used */
export function tablesInUse(shelf: TableShelf): TableDescription[] {
  const described = (name: TableName, { version, edition, source }: TableFacts, entries: number) => ({
    name,
    version,
    edition,
    source,
    entries,
  });
  const ontology = shelf.ontology().table;
  const vocabularies = shelf.vocabularies();
  return [
    { ...described(ONTOLOGY, ontology, ontology.classes.length), imported: ontology.imported },
    ...Object.entries(VOCABULARY_NAMES).map(([name, fileName]) => {
      const vocabulary = vocabularies[name as VocabularyName];
      return { ...described(fileName, vocabulary, vocabulary.concepts.length), imported: vocabulary.imported ?? null };
    }),
  ];
}

/** The table in use, in the form that is imported. */
export function exportTable(shelf: TableShelf, name: TableName): string {
  if (name === ONTOLOGY) {
    const { table } = shelf.ontology();
    return csvOf(name, table, ontologyRows(table));
  }
  const vocabulary = shelf.vocabularies()[vocabularyNamed(name)];
  return csvOf(name, vocabulary, vocabularyRows(vocabulary));
}

export function vocabularyNamed(name: TableName): VocabularyName {
  const entry = Object.entries(VOCABULARY_NAMES).find(([, fileName]) => fileName === name);
  if (!entry) throw new Error(`The table ${name} is no vocabulary.`);
  return entry[0] as VocabularyName;
}

export function isTableName(name: string): name is TableName {
  return (TABLE_NAMES as readonly string[]).includes(name);
}

function preparedOntology(
  shelf: TableShelf,
  file: TableFile,
  problems: TableProblems,
  otherwise: Partial<TableFacts>,
  { by, now }: ImportChoices,
): PreparedTable {
  const before = shelf.ontology().table;
  const { edition, source } = before;
  const after = ontologyOf(file, problems, { edition, source, ...otherwise });
  const difference = differenceOf(before.classes, after.classes);
  refuseSameVersion(before, after, difference);
  const released = readHyperOntology().table;
  refuseSameVersion(released, after, differenceOf(released.classes, after.classes));
  const facts = { ...after, 'imported-by': by, 'imported-at': now.toISOString() };
  return {
    ...preparedFacts(ONTOLOGY, before, after, after.classes.length),
    ...difference,
    warnings: codesLost(shelf, after),
    content: csvOf(ONTOLOGY, facts, ontologyRows(after)),
  };
}

function preparedVocabulary(
  shelf: TableShelf,
  name: TableName,
  file: TableFile,
  problems: TableProblems,
  otherwise: Partial<TableFacts>,
  { by, now }: ImportChoices,
): PreparedTable {
  const vocabularyName = vocabularyNamed(name);
  const before = shelf.vocabularies()[vocabularyName];
  const { vocabulary, warnings } = vocabularyOf(file, problems, {
    name: vocabularyName,
    current: before,
    ontology: shelf.ontology(),
    otherwise,
  });
  const difference = differenceOf(before.concepts, vocabulary.concepts);
  refuseSameVersion(before, vocabulary, difference);
  const released = loadVocabularies()[vocabularyName];
  refuseSameVersion(released, vocabulary, differenceOf(released.concepts, vocabulary.concepts));
  const imported: Vocabulary = { ...vocabulary, imported: { by, at: now.toISOString() } };
  return {
    ...preparedFacts(name, before, vocabulary, vocabulary.concepts.length),
    ...difference,
    warnings,
    content: JSON.stringify(imported, undefined, 2),
  };
}

function preparedFacts(name: TableName, before: TableFacts, { version, edition, source }: TableFacts, entries: number) {
  return { name, version, edition, source, entries, versionBefore: before.version };
}

/** Values keep the version of the table that chose their code: it must not mean two tables. */
function refuseSameVersion(before: TableFacts, after: TableFacts, difference: TableDifference): void {
  const differs = difference.added.length + difference.changed.length + difference.removed.length > 0;
  if (!differs || before.version !== after.version) return;
  throw wholeFile(
    `It says version ${after.version}, which is that of a table with other contents. Give it a version of its own.`,
  );
}

/** Codes that the vocabularies map to and the new ontology does not know. */
function codesLost(shelf: TableShelf, after: OntologyTable): string[] {
  const known = new Set(after.classes.flatMap(({ code, equivalents }) => [code, ...equivalents]));
  return Object.entries(shelf.vocabularies()).flatMap(([name, { concepts }]) => {
    const lost = concepts.filter(({ code }) => !known.has(code)).map(({ code }) => code);
    const fileName = VOCABULARY_NAMES[name as VocabularyName];
    return lost.length === 0
      ? []
      : [`The table ${fileName} maps to codes that it does not have: ${lost.join(', ')}. Import a newer ${fileName}.`];
  });
}

function tableNamed({ facts, columns }: TableFile, chosen: string | undefined): TableName {
  const name = chosen ?? facts.get('table') ?? (columns.includes('omop_domain') ? ONTOLOGY : undefined);
  const known = TABLE_NAMES.join(', ');
  if (name === undefined) {
    throw wholeFile(`It does not say which table it is. Begin it with "# table: NAME" or choose one of ${known}.`);
  }
  if (isTableName(name)) return name;
  throw wholeFile(`There is no table "${name}". The tables are ${known}.`);
}

/** What the person chose counts more than what the file says. */
function withoutStated(file: TableFile, otherwise: Partial<TableFacts>, choices: ImportChoices): TableFile {
  const facts = new Map(file.facts);
  for (const fact of ['version', 'edition', 'source'] as const) {
    if (choices[fact] !== undefined && otherwise[fact] !== undefined) facts.set(fact, otherwise[fact]);
  }
  return { ...file, facts };
}

function ontologyRows({ classes }: OntologyTable): { columns: readonly string[]; rows: string[][] } {
  return {
    columns: ONTOLOGY_COLUMNS,
    rows: classes.map(({ code, label, omopDomain, parents, equivalents }) => [
      code,
      label,
      omopDomain ?? '',
      parents.join('|'),
      equivalents.join('|'),
    ]),
  };
}

function csvOf(name: TableName, facts: object, { columns, rows }: { columns: readonly string[]; rows: string[][] }) {
  const stated = Object.entries({ table: name, ...facts })
    .filter(([, value]) => typeof value === 'string')
    .map(([fact, value]) => `# ${fact}: ${String(value)}`);
  const lines = [columns, ...rows].map((cells) => cells.map(quoted).join(','));
  return `${[...stated, ...lines].join('\n')}\n`;
}

function quoted(cell: string): string {
  return /[",;\t#]|^\s|\s$/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function given<Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> {
  return value === undefined || value === '' ? {} : ({ [key]: value } as Record<Key, string>);
}

function wholeFile(sentence: string): TableError {
  return new TableError([{ line: null, column: null, sentence }]);
}

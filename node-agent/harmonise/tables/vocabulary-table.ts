/**
 * A mapping vocabulary as a table: one line a concept, or one line a spelling to be added to the table in use. What a table
 * does not carry (modalities that are no images, words not looked for in texts) stays as in the vocabulary in use.
 */
import { z } from 'zod';
import type { HyperOntology } from '../ontology/hyper-ontology.ts';
import { bareCode, checkColumns, factsOf, inCircles, type TableFacts } from '../ontology/ontology-table.ts';
import { keyOf } from '../text-key.ts';
import { type Concept, parseVocabulary, type Vocabulary, type VocabularyName } from '../vocabulary.ts';
import { partsOf, type TableFile } from './table-file.ts';
import type { TableProblems } from './table-problem.ts';

/** Columns whose cells hold several texts between `|`. */
const LISTS = ['terms', 'spellings', 'keywords', 'snomed', 'srt', 'within', 'parts', 'hub', 'alternatives'] as const;
const CONCEPT_COLUMNS = ['code', 'label', ...LISTS];
const SPELLING_COLUMNS = ['code', 'spelling'];
const CODE = /^[A-Z]+[0-9]+$/u;

/** The range of the hyper-ontology that the codes of a vocabulary are from. */
const RANGES: Readonly<Partial<Record<VocabularyName, string>>> = {
  modality: 'IMG1000009',
  bodyPart: 'BP1000024',
  manufacturer: 'IMG1000010',
  sex: 'COM1001396',
  condition: 'CLIN1007977',
};

export interface VocabularyImport {
  readonly name: VocabularyName;
  /** The one in use. */
  readonly current: Vocabulary;
  readonly ontology: HyperOntology;
  /** What the file need not say. */
  readonly otherwise: Partial<TableFacts>;
}

export interface ReadVocabulary {
  readonly vocabulary: Vocabulary;
  /** What to look at, though it is no reason to refuse the table. */
  readonly warnings: readonly string[];
}

/** @throws TableError with every line that is wrong */
export function vocabularyOf(file: TableFile, problems: TableProblems, given: VocabularyImport): ReadVocabulary {
  const adds = file.columns.includes('spelling');
  checkColumns(file, problems, adds ? SPELLING_COLUMNS : CONCEPT_COLUMNS, adds ? SPELLING_COLUMNS : ['code', 'label']);
  const facts = factsOf(file, problems, {
    edition: given.current.edition,
    source: given.current.source,
    ...given.otherwise,
  });
  if (file.rows.length === 0 && problems.count === 0) problems.add(null, null, 'There is no line below the columns.');
  const lines = new Map<string, number>();
  const concepts = adds ? withSpellings(file, given, lines, problems) : conceptsOf(file, given, lines, problems);
  checkSpellings(concepts, lines, problems);
  checkReferences(concepts, given.current, lines, problems);
  problems.refuse();
  const { imported: _, ...rest } = given.current;
  try {
    return { vocabulary: parseVocabulary({ ...rest, ...facts, concepts }), warnings: outsideOfLists(concepts, given) };
  } catch (error) {
    problems.add(null, null, error instanceof z.ZodError ? z.prettifyError(error) : String(error));
    problems.refuse();
    throw error;
  }
}

/** The table of a vocabulary, in the form that is imported. */
export function vocabularyRows({ concepts }: Vocabulary): { columns: readonly string[]; rows: string[][] } {
  return {
    columns: CONCEPT_COLUMNS,
    rows: concepts.map((concept) => [concept.code, concept.label, ...LISTS.map((list) => concept[list].join('|'))]),
  };
}

function conceptsOf(
  file: TableFile,
  given: VocabularyImport,
  lines: Map<string, number>,
  problems: TableProblems,
): Concept[] {
  const concepts: Concept[] = [];
  for (const { line, cells } of file.rows) {
    const code = bareCode(cells.get('code') ?? '');
    const label = cells.get('label') ?? '';
    if (label === '' && file.columns.includes('label')) problems.add(line, 'label', 'the label is missing.');
    const before = lines.get(code);
    if (before !== undefined) {
      problems.add(line, 'code', `${code} stands in line ${before} already.`);
      continue;
    }
    lines.set(code, line);
    checkCode(code, line, given, problems);
    const lists = Object.fromEntries(LISTS.map((list) => [list, partsOf(cells.get(list) ?? '')]));
    concepts.push({ code, label, ...lists } as Concept);
  }
  return concepts;
}

/** The concepts in use with more spellings. */
function withSpellings(
  file: TableFile,
  given: VocabularyImport,
  lines: Map<string, number>,
  problems: TableProblems,
): Concept[] {
  const added = new Map<string, string[]>();
  for (const { line, cells } of file.rows) {
    const code = bareCode(cells.get('code') ?? '');
    const spelling = cells.get('spelling') ?? '';
    if (!given.current.concepts.some((concept) => concept.code === code)) {
      problems.add(
        line,
        'code',
        `${code === '' ? 'the code' : code} is not in the table in use; add it as a concept first.`,
      );
    }
    if (spelling === '') {
      problems.add(line, 'spelling', 'the spelling is missing.');
      continue;
    }
    lines.set(`${code} ${keyOf(spelling)}`, line);
    added.set(code, [...(added.get(code) ?? []), spelling]);
  }
  return given.current.concepts.map((concept) => ({
    ...concept,
    spellings: [...new Set([...concept.spellings, ...(added.get(concept.code) ?? [])])],
  }));
}

function checkCode(code: string, line: number, { name, ontology }: VocabularyImport, problems: TableProblems): void {
  if (code === '') problems.add(line, 'code', 'the code is missing.');
  else if (!CODE.test(code)) problems.add(line, 'code', `"${code}" is not a code such as IMG1000022.`);
  else if (!ontology.knows(code)) {
    const { version } = ontology.table;
    problems.add(line, 'code', `${code} is not in the hyper-ontology in use (${version}). Import a newer one first.`);
  } else {
    const root = RANGES[name];
    const range = root === undefined ? undefined : ontology.range(root);
    if (root !== undefined && range?.certain && !ontology.isInRange(root, code)) {
      problems.add(line, 'code', `${code} is outside the value set, which is what lies below ${root}.`);
    }
  }
}

/** One spelling must not stand for two concepts. */
function checkSpellings(
  concepts: readonly Concept[],
  lines: ReadonlyMap<string, number>,
  problems: TableProblems,
): void {
  const meant = new Map<string, string>();
  for (const { code, terms, spellings } of concepts) {
    for (const text of [...terms, ...spellings]) {
      const key = keyOf(text);
      const lineOf = (owner: string) => lines.get(`${owner} ${key}`) ?? lines.get(owner);
      const line = lineOf(code);
      if (key === '') problems.add(line ?? null, 'spellings', `"${text}" has no letter or digit in it.`);
      const other = meant.get(key);
      if (other !== undefined && other !== code) {
        const there = lineOf(other);
        const where = there === undefined || there === line ? '' : ` (line ${there})`;
        problems.add(line ?? there ?? null, 'spellings', `"${text}" stands for ${code} and for ${other}${where}.`);
      } else meant.set(key, code);
    }
  }
}

function checkReferences(
  concepts: readonly Concept[],
  current: Vocabulary,
  lines: ReadonlyMap<string, number>,
  problems: TableProblems,
): void {
  const within = new Map(concepts.map((concept) => [concept.code, concept.within]));
  for (const concept of concepts) {
    for (const column of ['within', 'parts'] as const) {
      for (const code of concept[column].filter((one) => !within.has(one))) {
        problems.add(lines.get(concept.code) ?? null, column, `${code} is not in the table.`);
      }
    }
  }
  for (const code of inCircles(within)) {
    problems.add(lines.get(code) ?? null, 'within', `${code} lies within itself, over the others.`);
  }
  for (const [modality, code] of Object.entries(current.impliedByModality)) {
    if (!within.has(code))
      problems.add(null, null, `The modality ${modality} means ${code}, which is not in the table.`);
  }
}

/** Codes that a list of the project does not have: the list may lack them, so they are pointed out only. */
function outsideOfLists(concepts: readonly Concept[], { name, ontology }: VocabularyImport): string[] {
  const root = RANGES[name];
  const range = root === undefined ? undefined : ontology.range(root);
  if (root === undefined || !range || range.certain) return [];
  const outside = concepts.filter(({ code }) => !ontology.isInRange(root, code)).map(({ code }) => code);
  if (outside.length === 0) return [];
  return [
    `Not in the list of codes known below ${root}, which may be incomplete: ${outside.slice(0, 20).join(', ')}${outside.length > 20 ? ' …' : ''}.`,
  ];
}

/** The table of the EUCAIM hyper-ontology: classes with label, OMOP domain and, where it is known, what they are a kind of. */
import { partsOf, readTableFile, type TableFile, type TableRow } from '../tables/table-file.ts';
import { TableProblems } from '../tables/table-problem.ts';

export interface OntologyClass {
  /** Without the IRI base, e.g. `IMG1000022`. */
  readonly code: string;
  readonly label: string;
  /** Null where OMOP has none. */
  readonly omopDomain: string | null;
  /** Codes of the classes it is a kind of; [] where the table does not say. */
  readonly parents: readonly string[];
  /** Codes of another generation, or a second class, that mean the same. */
  readonly equivalents: readonly string[];
}

export interface OntologyTable {
  readonly version: string;
  readonly edition: string;
  readonly source: string;
  readonly classes: readonly OntologyClass[];
  /** Whether the table says what is a kind of what. */
  readonly hasParents: boolean;
}

export const ONTOLOGY_COLUMNS = ['code', 'label', 'omop_domain', 'parent', 'equivalents'] as const;
const NEEDED = ['code', 'label'];
/** Named classes, and the nameless ones that the ontology's own export carries along. */
const CODE = /^[A-Za-z][A-Za-z0-9]{0,63}$/u;
const IRI_BASE = 'https://cancerimage.eu/ontology/EUCAIM#';
const NO_DOMAIN = new Set(['', '---']);

/** What a file says beside its rows; what it leaves out is given. */
export interface TableFacts {
  readonly version: string;
  readonly edition: string;
  readonly source: string;
}

/** @throws TableError with every line that is wrong */
export function readOntologyTable(bytes: Uint8Array, otherwise: Partial<TableFacts> = {}): OntologyTable {
  const problems = new TableProblems();
  const file = readTableFile(bytes, problems);
  return ontologyOf(file, problems, otherwise);
}

/** The ontology of a file that is read already. @throws TableError with every line that is wrong */
export function ontologyOf(
  file: TableFile,
  problems: TableProblems,
  otherwise: Partial<TableFacts> = {},
): OntologyTable {
  checkColumns(file, problems, ONTOLOGY_COLUMNS, NEEDED);
  const facts = factsOf(file, problems, otherwise);
  const classes: OntologyClass[] = [];
  const lines = new Map<string, number>();
  for (const row of file.rows) {
    const read = classOf(row);
    checkClass(read, row.line, lines, problems);
    if (!lines.has(read.code)) lines.set(read.code, row.line);
    classes.push(read);
  }
  if (file.rows.length === 0 && problems.count === 0) problems.add(null, null, 'There is no class in it.');
  checkEquivalents(classes, lines, problems);
  checkParents(classes, lines, problems);
  problems.refuse();
  return { ...facts, classes, hasParents: classes.some(({ parents }) => parents.length > 0) };
}

/** Columns that are not known, or that are missing. */
export function checkColumns(
  { columns, headerLine }: TableFile,
  problems: TableProblems,
  known: readonly string[],
  needed: readonly string[],
): void {
  for (const column of columns.filter((name) => !known.includes(name))) {
    problems.add(headerLine, column, `the column is not known. The columns are ${known.join(', ')}.`);
  }
  for (const column of needed.filter((name) => !columns.includes(name))) {
    problems.add(headerLine, column, 'the column is missing.');
  }
}

/** Version, edition and source. */
export function factsOf(
  { facts }: Pick<TableFile, 'facts'>,
  problems: TableProblems,
  otherwise: Partial<TableFacts>,
): TableFacts {
  const fact = (name: keyof TableFacts) => {
    const said = facts.get(name) || otherwise[name] || '';
    if (said === '') problems.add(null, name, `it does not say. Begin the file with a line "# ${name}: …".`);
    return said;
  };
  return { version: fact('version'), edition: fact('edition'), source: fact('source') };
}

function classOf({ cells }: TableRow): OntologyClass {
  const cell = (column: string) => cells.get(column) ?? '';
  const domain = cell('omop_domain');
  return {
    code: bareCode(cell('code')),
    label: cell('label'),
    omopDomain: NO_DOMAIN.has(domain) ? null : domain,
    parents: partsOf(cell('parent')).map(bareCode),
    equivalents: partsOf(cell('equivalents')).map(bareCode),
  };
}

/** `EUCAIM:IMG1000022` and the IRI are the same code. */
export function bareCode(code: string): string {
  return code.startsWith(IRI_BASE) ? code.slice(IRI_BASE.length) : code.replace(/^EUCAIM:/u, '');
}

function checkClass(
  { code, label, parents, equivalents }: OntologyClass,
  line: number,
  lines: ReadonlyMap<string, number>,
  problems: TableProblems,
): void {
  const before = lines.get(code);
  if (code === '') problems.add(line, 'code', 'the code is missing.');
  else if (!CODE.test(code)) problems.add(line, 'code', `"${code}" is not a code such as IMG1000022.`);
  else if (before !== undefined) problems.add(line, 'code', `${code} stands in line ${before} already.`);
  if (label === '') problems.add(line, 'label', 'the label is missing.');
  for (const parent of parents.filter((one) => !CODE.test(one))) {
    problems.add(line, 'parent', `"${parent}" is not a code such as IMG1000022.`);
  }
  for (const other of equivalents.filter((one) => !CODE.test(one) || one === code)) {
    problems.add(line, 'equivalents', `"${other}" is not the code of another class.`);
  }
}

function checkEquivalents(
  classes: readonly OntologyClass[],
  lines: ReadonlyMap<string, number>,
  problems: TableProblems,
): void {
  const meant = new Map<string, string>();
  for (const { code, equivalents } of classes) {
    for (const other of equivalents) {
      const first = meant.get(other);
      if (first !== undefined && first !== code) {
        problems.add(lines.get(code) ?? null, 'equivalents', `${other} means ${first} already.`);
      }
      meant.set(other, code);
    }
  }
  for (const { code, equivalents } of classes) {
    if (equivalents.length > 0 && meant.has(code)) {
      problems.add(lines.get(code) ?? null, 'equivalents', `${code} itself means ${meant.get(code)}.`);
    }
  }
}

/** Every parent is there, and no class is a kind of itself. */
function checkParents(
  classes: readonly OntologyClass[],
  lines: ReadonlyMap<string, number>,
  problems: TableProblems,
): void {
  const parentsOf = new Map(classes.map(({ code, parents }) => [code, parents]));
  for (const { code, parents } of classes) {
    for (const parent of parents.filter((one) => CODE.test(one) && !parentsOf.has(one))) {
      problems.add(lines.get(code) ?? null, 'parent', `the parent ${parent} of ${code} is not in the table.`);
    }
  }
  for (const code of inCircles(parentsOf)) {
    problems.add(lines.get(code) ?? null, 'parent', `${code} is a kind of itself, over its parents.`);
  }
}

/** Codes from which following the references leads back to themselves. */
export function inCircles(references: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const start of references.keys()) {
    // Depth first without recursion: a chain of a hundred thousand classes must not fill the stack.
    const path: { code: string; next: number }[] = [{ code: start, next: 0 }];
    if (state.has(start)) continue;
    state.set(start, 'open');
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const following = references.get(top.code)?.[top.next];
      top.next += 1;
      if (following === undefined) {
        state.set(top.code, 'done');
        path.pop();
      } else if (state.get(following) === 'open') found.push(following);
      else if (!state.has(following) && references.has(following)) {
        state.set(following, 'open');
        path.push({ code: following, next: 0 });
      }
    }
  }
  return [...new Set(found)];
}

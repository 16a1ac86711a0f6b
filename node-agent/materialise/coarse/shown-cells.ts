/**
 * What tables and sidecars show of a dataset's patients, and what their cells look like then. Whoever writes a tree and
 * whoever reads one ask here, the reader by the choices that the manifest states.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { loadClinicalColumns } from '../../catalogue/generalisation/clinical-columns.ts';
import { type Generalisation, generaliseCell, LEVELS } from '../../catalogue/generalisation/generalisation.ts';
import type { CommonDataModel, ModelColumn, ModelTable } from '../../harmonise/common-data-model.ts';
import type { CellRules } from '../cells/cell-rules.ts';
import { codeOfLabel } from '../eucaim/diagnosis.ts';

const FILE = join(import.meta.dirname, '..', 'data', 'coarse-columns.json');

const named = z.array(
  z.strictObject({
    name: z.string().min(1),
    when: z.partialRecord(z.enum(['device', 'bodyPart', 'modality']), z.enum(['manufacturer', 'dropped'])),
  }),
);
const fileSchema = z.strictObject({
  version: z.string().min(1),
  edition: z.string().min(1),
  source: z.string().min(1),
  note: z.string(),
  /** Of the tables of the common data model. */
  columns: named,
  /** Rows of image_modality, by their key. */
  parameters: named,
  /** Of the sidecars of volumes. */
  fields: named,
});

type Row = Readonly<Record<string, string>>;

const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/u;
const YEAR = /^\d{4}$/u;
const BAND = /^(\d+)-(\d+)$/u;
/** Without these rows belong to nobody. */
const IDENTIFYING: ReadonlySet<string> = new Set(['dataset', 'patient', 'uid', 'id', 'reference']);
const AGE_UNIT = 'cancer_condition_age_unit';

export class ShownCells {
  readonly choices: Generalisation;
  readonly #clinical = loadClinicalColumns();
  readonly #columns: ReadonlySet<string>;
  readonly #parameters: ReadonlySet<string>;
  readonly #fields: ReadonlySet<string>;
  readonly #inYears: string | undefined;

  /** @throws Error when a table of this release cannot be used */
  constructor(choices: Generalisation, model: CommonDataModel) {
    this.choices = choices;
    const { columns, parameters, fields } = readColumns(FILE);
    const namesOf = (list: z.infer<typeof named>) => list.filter((one) => holds(one, choices)).map(({ name }) => name);
    this.#columns = withTheirOtherNames(new Set([...choices.clinicalColumns, ...namesOf(columns)]), model);
    this.#parameters = new Set(namesOf(parameters));
    this.#fields = new Set(namesOf(fields));
    const unit = model.tables.flatMap((table) => table.columns).find(({ name }) => name === AGE_UNIT);
    this.#inYears = codeOfLabel(unit, 'year', model);
  }

  /** Whether the choices leave the column out of every row. */
  leavesOut({ name, kind }: ModelColumn): boolean {
    if (IDENTIFYING.has(kind)) return false;
    const what = this.#clinical.kindOf(name);
    return (
      this.#columns.has(name) ||
      (kind === 'date' && this.choices.date === 'dropped') ||
      (what === 'age' && this.choices.age === 'dropped') ||
      (what === 'sex' && this.choices.sex === 'dropped')
    );
  }

  /** The rows of a table as the dataset shows them; no cell of what is left out. */
  rows({ name, columns }: ModelTable, rows: readonly Row[]): Record<string, string>[] {
    const kinds = new Map(columns.map((column) => [column.name, column]));
    const kept = name === 'image_modality' ? rows.filter(({ key = '' }) => !this.#parameters.has(key)) : rows;
    return kept.map((row) => {
      const cells = Object.entries(row).flatMap(([column, cell]): [string, string][] => {
        const shown = this.#cell(kinds.get(column), cell, row);
        return shown === null ? [] : [[column, shown]];
      });
      return Object.fromEntries(cells);
    });
  }

  /** What is wrong with the text of a cell under these choices, as the end of a sentence; undefined where nothing is. */
  objection(column: ModelColumn, cell: string, rules: CellRules): string | undefined {
    if (cell === '') return undefined;
    if (this.leavesOut(column)) return 'has a value, and the choices of the manifest leave the column out';
    if (column.kind === 'date' && this.choices.date === 'month') {
      return MONTH.test(cell) ? undefined : 'is not a month written YYYY-MM, as the choices of the manifest ask for';
    }
    if (column.kind === 'date' && this.choices.date === 'year') {
      return YEAR.test(cell) ? undefined : 'is not a year written YYYY, as the choices of the manifest ask for';
    }
    if (this.#clinical.kindOf(column.name) === 'age' && this.choices.age !== 'exact') return this.#ageObjection(cell);
    return rules.objection(column, cell);
  }

  /** Whether a parameter of an acquisition may stand in image_modality. */
  showsParameter(key: string): boolean {
    return !this.#parameters.has(key);
  }

  /** What is wrong with a row of participants.tsv, as ends of sentences. */
  participantObjections({
    sex,
    age,
  }: {
    readonly sex?: string | undefined;
    readonly age?: string | undefined;
  }): string[] {
    const told = (cell: string | undefined) => cell !== undefined && cell !== '' && cell !== 'n/a';
    const { choices } = this;
    const leftOut = 'has a value, and the choices of the manifest leave the column out';
    const wrongAge =
      choices.age === 'dropped' ? leftOut : choices.age === 'exact' ? undefined : this.#ageObjection(age ?? '');
    return [
      ...(told(sex) && choices.sex === 'dropped' ? [leftOut] : []),
      ...(told(age) && wrongAge !== undefined ? [wrongAge] : []),
    ];
  }

  /** Whether a field may stand in a sidecar. */
  showsField(name: string): boolean {
    return !this.#fields.has(name);
  }

  /** The fields of a sidecar that are shown. */
  sidecar<Fields extends object>(fields: Fields): Partial<Fields> {
    return Object.fromEntries(Object.entries(fields).filter(([name]) => this.showsField(name))) as Partial<Fields>;
  }

  #cell(column: ModelColumn | undefined, cell: string, row: Row): string | null {
    if (column === undefined || this.leavesOut(column)) return null;
    const what = column.kind === 'date' ? 'date' : this.#clinical.kindOf(column.name);
    // Bands and completed years are counted in years; an age in months would be told finer than it may be.
    if (what === 'age' && this.choices.age !== 'exact' && row[AGE_UNIT] !== this.#inYears) return null;
    return generaliseCell(column.name, cell, this.choices, what);
  }

  #ageObjection(cell: string): string | undefined {
    const { age } = this.choices;
    if (age === 'years') {
      return /^\d+$/u.test(cell) ? undefined : 'is no age in completed years, as the choices of the manifest ask for';
    }
    const width = Number(age.replace('bands-', ''));
    const [, from, to] = BAND.exec(cell) ?? [];
    const right = Number(from) % width === 0 && Number(to) === Number(from) + width - 1;
    return right ? undefined : `is no band of ${width} years, as the choices of the manifest ask for`;
  }
}

function holds({ when }: z.infer<typeof named>[number], choices: Generalisation): boolean {
  return Object.entries(when).some(([choice, from]) => {
    const levels: readonly string[] = LEVELS[choice as keyof typeof when];
    return levels.indexOf(choices[choice as keyof typeof when]) >= levels.indexOf(from);
  });
}

/** A view takes its columns from tables: what is left out under one name is left out under the other. */
function withTheirOtherNames(names: ReadonlySet<string>, { tables }: CommonDataModel): Set<string> {
  const all = new Set(names);
  for (const { columns } of tables) {
    for (const { name, from = '' } of columns) {
      const source = from.split('.')[1];
      if (source === undefined) continue;
      if (all.has(name)) all.add(source);
      if (all.has(source)) all.add(name);
    }
  }
  return all;
}

function readColumns(file: string): z.infer<typeof fileSchema> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`The columns ${file} cannot be used: ${reason}. Restore the file of the release.`);
  }
}

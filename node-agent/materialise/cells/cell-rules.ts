/** What may stand in a cell of the common file structure: the forms of its kinds, and codes of the value set alone. */
import type { CommonDataModel, ModelColumn, ModelRange } from '../../harmonise/common-data-model.ts';

/** Codes that a range allows: its root's descendants in the ontology in use. */
export interface ValueSets {
  /** @param code without prefix */
  allows(range: ModelRange, code: string): boolean;
}

const PATIENT = /^[0-9A-Za-z][0-9A-Za-z_-]{0,63}$/u;
const UID = /^(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*$/u;
const LONGEST_UID = 64;
const DAY = /^\d{4}-\d{2}-\d{2}$/u;
const INTEGER = /^-?(?:0|[1-9]\d*)$/u;
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/u;
const CODE = /^([A-Za-z][A-Za-z0-9]*):(.+)$/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: that they are not there is the rule
const CONTROL = /[\u0000-\u001f\u007f]/u;
const LONGEST_TEXT = 4096;

export class CellRules {
  readonly #model: CommonDataModel;
  readonly #valueSets: ValueSets;

  constructor(model: CommonDataModel, valueSets: ValueSets) {
    this.#model = model;
    this.#valueSets = valueSets;
  }

  /** What is wrong with the text of a cell, as the end of a sentence; undefined where nothing is. An empty cell is never wrong. */
  objection(column: ModelColumn, cell: string): string | undefined {
    if (cell === '') return undefined;
    switch (column.kind) {
      case 'patient':
        return PATIENT.test(cell) ? undefined : 'is not a pseudonym of letters, digits, "-" and "_"';
      case 'uid':
        return UID.test(cell) && cell.length <= LONGEST_UID ? undefined : 'is not a UID';
      case 'date':
        return isDay(cell) ? undefined : 'is not a day written YYYY-MM-DD';
      case 'boolean':
        return cell === 'true' || cell === 'false' ? undefined : 'is neither true nor false';
      case 'integer':
      case 'decimal':
        return numberObjection(column, cell);
      case 'code':
        return this.#codeObjection(column, cell);
      default:
        if (CONTROL.test(cell)) return 'has line breaks or other control characters';
        return cell.length <= LONGEST_TEXT && cell.trim() === cell ? undefined : 'is too long or begins or ends blank';
    }
  }

  /** A code as it stands in a cell. */
  cellOf(code: string): string {
    return `${this.#model.codePrefix}:${code}`;
  }

  #codeObjection(column: ModelColumn, cell: string): string | undefined {
    const [, prefix = '', code = ''] = CODE.exec(cell) ?? [];
    if (prefix === '') return `is not a code with its system, such as ${this.#model.codePrefix}:COM1001366`;
    if (prefix === this.#model.codePrefix) {
      const listed = column.values?.some((value) => value.code === code) ?? false;
      const allowed = listed || (column.range !== undefined && this.#valueSets.allows(column.range, code));
      return allowed ? undefined : 'is not in the value set of the column';
    }
    const system = column.range?.systems.find((candidate) => candidate.prefix === prefix);
    if (system === undefined) return `is of the code system ${prefix}, which the column does not take`;
    return new RegExp(system.pattern, 'u').test(code) ? undefined : `is not a code of ${prefix}`;
  }
}

function numberObjection({ kind, min, max, decimals }: ModelColumn, cell: string): string | undefined {
  if (!(kind === 'integer' ? INTEGER : DECIMAL).test(cell)) {
    return kind === 'integer' ? 'is not a whole number' : 'is not a number with a decimal point';
  }
  const value = Number(cell);
  if (min !== undefined && value < min) return `is below ${min}`;
  if (max !== undefined && value > max) return `is above ${max}`;
  const places = cell.split('.')[1]?.length ?? 0;
  return decimals !== undefined && places > decimals ? `has more than ${decimals} decimals` : undefined;
}

function isDay(cell: string): boolean {
  if (!DAY.test(cell)) return false;
  const date = new Date(`${cell}T00:00:00Z`);
  return !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(cell);
}

const HAS_A_VALUE = /^([a-z0-9_]+) has a (?:value|unit)$/u;
const IS_A_CASE = /^([a-z0-9_]+) is a case$/u;
const IS_TRUE = /^([a-z0-9_]+) is true$/u;
const IS_NOT = /^([a-z0-9_]+) is not ([A-Z]+)$/u;

/** Whether a row lacks a value in the column: required ones always, conditional ones where their condition can be seen to hold. */
export function isMissing(
  column: ModelColumn,
  columns: readonly ModelColumn[],
  row: Readonly<Record<string, string>>,
): boolean {
  if ((row[column.name] ?? '') !== '') return false;
  if (column.status === 'required') return true;
  if (column.status !== 'conditional') return false;
  const when = column.when ?? '';
  const [, valued] = HAS_A_VALUE.exec(when) ?? [];
  if (valued !== undefined) return (row[valued] ?? '') !== '';
  const [, truth] = IS_TRUE.exec(when) ?? [];
  if (truth !== undefined) return row[truth] === 'true';
  const [, other, word] = IS_NOT.exec(when) ?? [];
  if (other !== undefined) return (row[other] ?? '') !== '' && row[other] !== word;
  const [, category] = IS_A_CASE.exec(when) ?? [];
  if (category === undefined) return false;
  const cases = columns.find(({ name }) => name === category)?.cases ?? [];
  return cases.some((code) => row[category]?.endsWith(`:${code}`));
}

/**
 * Translates a Focus AST to one SQL condition over a row of (dataset, patient, study, series). A
 * study matches where one of its series makes the whole condition true, so that the conditions on
 * modality, body part and manufacturer hold together on one and the same series. Every value is taken as the dataset shows
 * it: a band of ages matches where all of it does, and what is left out is missing.
 */
import { SHOWN } from '../catalogue/generalisation/shown-values.ts';
import type { AskedValue, AstCatalogue, CodedAstKey } from './ast-catalogue.ts';
import { type AgeComparison, type Meaning, meaningOf } from './ast-meaning.ts';
import { type AstNode, isOperation } from './focus-ast.ts';

export interface SqlCondition {
  readonly sql: string;
  /** In the order of the question marks. */
  readonly parameters: readonly (string | number)[];
}

const COLUMNS: Readonly<Record<CodedAstKey['vocabulary'], string>> = {
  condition: 'datasets.condition_code',
  sex: 'patients.sex_code',
  modality: 'series.modality_code',
  bodyPart: 'series.body_part_code',
  manufacturer: 'series.manufacturer_code',
};

/** Completed years, as coarse as the dataset shows ages, of the age at imaging, both ends of the band. */
const YOUNGEST = SHOWN.youngest;
const OLDEST = SHOWN.oldest;

const AGE_COMPARISONS: Readonly<Record<AgeComparison, string>> = {
  equal: `(CASE WHEN ${YOUNGEST} = ${OLDEST} THEN ${YOUNGEST} END) = ?`,
  'not-equal': `? NOT BETWEEN ${YOUNGEST} AND ${OLDEST}`,
  between: `(${YOUNGEST} >= ? AND ${OLDEST} <= ?)`,
  below: `${OLDEST} < ?`,
  above: `${YOUNGEST} > ?`,
  'at-most': `${OLDEST} <= ?`,
  'at-least': `${YOUNGEST} >= ?`,
};

const FALSE: SqlCondition = { sql: '0', parameters: [] };
const TRUE: SqlCondition = { sql: '1', parameters: [] };

export function astToSql(node: AstNode, catalogue: AstCatalogue): SqlCondition {
  if (!isOperation(node)) return conditionToSql(meaningOf(node, catalogue));
  if (node.children.length === 0) return TRUE;
  return join(
    node.children.map((child) => astToSql(child, catalogue)),
    node.operand,
  );
}

/** Halves the list each time: a long chain would be deeper than SQLite's parser allows. */
function join(conditions: readonly SqlCondition[], operand: 'AND' | 'OR'): SqlCondition {
  if (conditions.length === 1) return conditions[0] ?? TRUE;
  const middle = Math.ceil(conditions.length / 2);
  const left = join(conditions.slice(0, middle), operand);
  const right = join(conditions.slice(middle), operand);
  return { sql: `(${left.sql} ${operand} ${right.sql})`, parameters: [...left.parameters, ...right.parameters] };
}

function conditionToSql(meaning: Meaning): SqlCondition {
  switch (meaning.is) {
    case 'false':
      return FALSE;
    case 'age':
      return { sql: AGE_COMPARISONS[meaning.comparison], parameters: meaning.bounds };
    case 'one-of':
      return oneOf(COLUMNS[meaning.key.vocabulary], meaning.values);
    case 'none-of':
      return noneOf(COLUMNS[meaning.key.vocabulary], meaning.values);
  }
}

function oneOf(column: string, values: readonly AskedValue[]): SqlCondition {
  const missing = values.some(({ orMissing }) => orMissing) ? ` OR ${column} IS NULL` : '';
  return { sql: `(${column} IN (SELECT value FROM json_each(?))${missing})`, parameters: [codesOf(values)] };
}

/** A missing value is not known to differ, so it does not match. */
function noneOf(column: string, values: readonly AskedValue[]): SqlCondition {
  return {
    sql: `(${column} IS NOT NULL AND ${column} NOT IN (SELECT value FROM json_each(?)))`,
    parameters: [codesOf(values)],
  };
}

function codesOf(values: readonly AskedValue[]): string {
  return JSON.stringify(values.flatMap(({ code }) => code ?? []));
}

/** What a mapping may aim at, and what the common data model does not allow of one. */
import { type CommonDataModel, columnOf, type ModelColumn } from '../common-data-model.ts';
import type { HyperOntology } from '../ontology/hyper-ontology.ts';
import type { ClinicalMapping } from './mapping.ts';
import { codeInColumn } from './value-set.ts';

/** A target that a mapping may name; ids, pseudonyms, UIDs and what is derived are made by the node. */
export function isMappable(column: ModelColumn): boolean {
  return (
    ['code', 'date', 'decimal', 'integer', 'boolean'].includes(column.kind) &&
    !column.derived &&
    column.from === undefined
  );
}

/** What a mapping says that the model does not allow, each as a sentence; [] where it can be used. */
export function mappingObjections(mapping: ClinicalMapping, model: CommonDataModel, ontology: HyperOntology): string[] {
  return mapping.parts.flatMap(({ columns, constants }) => {
    const objections: string[] = [];
    const seen = new Set<string>();
    for (const { target, row: number } of [...columns, ...constants]) {
      const column = targetOf(model, target);
      if (column === undefined) objections.push(`The common data model has no column ${target}.`);
      if (seen.has(`${target} ${number}`)) objections.push(`${target} is mapped twice for row ${number}.`);
      seen.add(`${target} ${number}`);
    }
    for (const { target, column, values } of columns) {
      const aimed = targetOf(model, target);
      if (aimed === undefined) continue;
      if (!isMappable(aimed))
        objections.push(`${target} cannot be filled from a column ("${column}"): the node makes it.`);
      objections.push(...valueObjections(ontology, aimed, target, Object.values(values ?? {})));
    }
    for (const { target, value } of constants) {
      const aimed = targetOf(model, target);
      if (aimed?.kind === 'code') objections.push(...valueObjections(ontology, aimed, target, [value]));
      else if (aimed !== undefined && aimed.kind !== 'text' && aimed.kind !== 'boolean')
        objections.push(`${target} cannot have the same value in every line.`);
    }
    return objections;
  });
}

/** @returns undefined where the model has no such column */
export function targetOf(model: CommonDataModel, target: string): ModelColumn | undefined {
  const [table = '', column = ''] = target.split('.');
  return columnOf(model, table, column);
}

function valueObjections(
  ontology: HyperOntology,
  column: ModelColumn,
  target: string,
  values: readonly string[],
): string[] {
  const wrong = values.filter(
    (value) =>
      value !== '' &&
      (column.kind === 'boolean'
        ? value !== 'true' && value !== 'false'
        : codeInColumn(ontology, column, value) === undefined),
  );
  return column.kind === 'code' || column.kind === 'boolean'
    ? wrong.map((value) => `${target} does not allow ${value}.`)
    : values.length > 0
      ? [`${target} is no code: words cannot be mapped to values.`]
      : [];
}

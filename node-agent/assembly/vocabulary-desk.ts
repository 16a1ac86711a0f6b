/** Importing and restoring tables as a person asks for it: looked at first, put into use, and entered in the audit log. */
import { type CurrentTables, type RecodedAttribute, Recoding } from '../catalogue/recoding/recoding.ts';
import { Harmoniser } from '../harmonise/harmoniser.ts';
import type { HyperOntology } from '../harmonise/ontology/hyper-ontology.ts';
import type { TableDifference } from '../harmonise/tables/table-difference.ts';
import {
  exportTable,
  type ImportChoices,
  isTableName,
  type PreparedTable,
  prepareTable,
  tablesInUse,
} from '../harmonise/tables/table-import.ts';
import { ONTOLOGY, TABLE_NAMES, type TableName } from '../harmonise/tables/table-shelf.ts';
import { VOCABULARY_NAMES, type Vocabularies } from '../harmonise/vocabulary.ts';
import { StartUpError } from '../store/errors.ts';
import type { Foundation } from './foundation.ts';

/** Which attribute of the index a vocabulary chooses the codes of; a condition is declared by people. */
const ATTRIBUTES: Readonly<Partial<Record<TableName, RecodedAttribute>>> = {
  sex: 'sex',
  modality: 'modality',
  'body-part': 'body_part',
  manufacturer: 'manufacturer',
  laterality: 'laterality',
};

export interface TablePreview extends Omit<PreparedTable, 'content'> {
  /** Indexed values whose codes the table chooses; they are chosen again. */
  readonly touchedValues: number;
  /** Of those, the ones with a code that changes or goes. */
  readonly withChangedCodes: number;
  /** Of those, the ones that have no code yet. */
  readonly withoutCode: number;
}

export interface ExplainedCode {
  readonly code: string;
  readonly label: string;
  readonly omopDomain: string | null;
  readonly parents: readonly string[];
  readonly equivalents: readonly string[];
  /** Concepts of the vocabularies that map to it. */
  readonly vocabularies: readonly { readonly table: TableName; readonly label: string; readonly spellings: number }[];
  /** Indexed values that carry it. */
  readonly indexedValues: number;
}

export class VocabularyDesk {
  readonly #foundation: Foundation;
  readonly #recoding: Recoding;

  constructor(foundation: Foundation) {
    this.#foundation = foundation;
    this.#recoding = new Recoding(foundation.indexDatabase);
  }

  /** Every table in use, and how many values wait to be chosen again. */
  list() {
    const { tableShelf } = this.#foundation;
    return {
      tables: tablesInUse(tableShelf),
      waitingValues: this.#recoding.waiting(currentTables(tableShelf.vocabularies())),
    };
  }

  /** What an import would change. @throws TableError with every line that is wrong */
  preview(bytes: Uint8Array, choices: ImportChoices): TablePreview {
    const { content: _, ...prepared } = prepareTable(this.#foundation.tableShelf, bytes, choices);
    return { ...prepared, ...this.#touched(prepared) };
  }

  /** Puts a table into use. @throws TableError with every line that is wrong; nothing is changed then */
  import(bytes: Uint8Array, choices: ImportChoices): TablePreview {
    const { tableShelf, audit } = this.#foundation;
    const { content, ...prepared } = prepareTable(tableShelf, bytes, choices);
    const touched = this.#touched(prepared);
    tableShelf.install(prepared.name, content);
    const { added, changed, removed, versionBefore, version } = prepared;
    audit.record({
      actor: choices.by,
      action: 'vocabulary.imported',
      subject: `${prepared.name} ${version}`,
      detail: `instead of ${versionBefore}: ${added.length} added, ${changed.length} changed, ${removed.length} removed`,
    });
    return { ...prepared, ...touched };
  }

  /** The table of the release counts again. @returns its version @throws StartUpError where there is nothing to restore */
  restore(name: string, by: string): string {
    const { tableShelf, audit } = this.#foundation;
    const table = tableNamed(name);
    if (!tableShelf.restore(table)) {
      throw new StartUpError(`The table ${table} is the one of the release; there is nothing to restore.`);
    }
    const version = tablesInUse(tableShelf).find((one) => one.name === table)?.version ?? '';
    audit.record({ actor: by, action: 'vocabulary.restored', subject: `${table} ${version}` });
    return version;
  }

  /** A table in the form that is imported. @throws StartUpError where there is no such table */
  export(name: string): string {
    return exportTable(this.#foundation.tableShelf, tableNamed(name));
  }

  /** A code of either generation, or undefined where the hyper-ontology does not have it. */
  explain(code: string): ExplainedCode | undefined {
    const { tableShelf } = this.#foundation;
    const ontology: HyperOntology = tableShelf.ontology();
    const found = ontology.find(code) ?? ontology.byLabel(code)[0];
    if (!found) return undefined;
    const codes = [found.code, ...found.equivalents];
    const vocabularies = Object.entries(tableShelf.vocabularies()).flatMap(([name, { concepts }]) =>
      concepts
        .filter((concept) => codes.includes(concept.code) || concept.alternatives.includes(found.code))
        .map(({ label, spellings }) => ({
          table: VOCABULARY_NAMES[name as keyof Vocabularies],
          label,
          spellings: spellings.length,
        })),
    );
    return { ...found, vocabularies, indexedValues: this.#recoding.carrying(codes) };
  }

  #touched({ name, changed, removed }: TableDifference & { name: TableName }) {
    const codes = [...changed, ...removed].map(({ code }) => code);
    const attribute = ATTRIBUTES[name];
    if (attribute === undefined) {
      const lost = name === ONTOLOGY ? this.#recoding.carrying(removed.map(({ code }) => code)) : 0;
      return { touchedValues: lost, withChangedCodes: lost, withoutCode: 0 };
    }
    const { values, withCodes, withoutCode } = this.#recoding.touched(attribute, codes);
    return { touchedValues: values, withChangedCodes: withCodes, withoutCode };
  }
}

/** The way codes are chosen by these vocabularies. */
export function currentTables(vocabularies: Vocabularies): CurrentTables {
  const harmoniser = new Harmoniser(vocabularies);
  return {
    versions: {
      sex: vocabularies.sex.version,
      modality: vocabularies.modality.version,
      body_part: vocabularies.bodyPart.version,
      manufacturer: vocabularies.manufacturer.version,
      laterality: vocabularies.laterality.version,
    },
    harmonise: (source) => harmoniser.harmonise(source),
  };
}

function tableNamed(name: string): TableName {
  if (isTableName(name)) return name;
  throw new StartUpError(`There is no table "${name}". The tables are ${TABLE_NAMES.join(', ')}.`);
}

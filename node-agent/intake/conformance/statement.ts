/** The form of the conformance statement: sections of sentences and tables. */

export interface StatementTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface StatementSection {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly table?: StatementTable;
}

export interface ConformanceStatement {
  readonly product: string;
  readonly version: string;
  readonly sections: readonly StatementSection[];
}

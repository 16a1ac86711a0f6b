/** The form of the conformance statement: sections of sentences and tables. */
import type { PageSection } from '../../operations/printable-page.ts';

export type StatementSection = PageSection;

export interface ConformanceStatement {
  readonly product: string;
  readonly version: string;
  readonly sections: readonly StatementSection[];
}

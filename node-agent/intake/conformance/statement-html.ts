/** The conformance statement as one HTML page that prints well. */
import { printablePage } from '../../operations/printable-page.ts';
import type { ConformanceStatement } from './statement.ts';

/** @param styleNonce where the page is served under a content security policy */
export function statementHtml({ product, version, sections }: ConformanceStatement, styleNonce?: string): string {
  const title = `DICOM Conformance Statement of ${product} ${version}`;
  const introduction = 'In the layout of PS3.2, made by the node itself from the tables it runs on.';
  return printablePage({ title, introduction, sections }, styleNonce);
}

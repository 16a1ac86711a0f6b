/** The conformance statement as one HTML page that prints well. */
import { printablePage } from '../../operations/printable-page.ts';
import type { ConformanceStatement } from './conformance-statement.ts';

export function statementHtml({ product, version, sections }: ConformanceStatement): string {
  return printablePage({
    title: `DICOM Conformance Statement of ${product} ${version}`,
    introduction: 'In the layout of PS3.2, made by the node itself from the tables it runs on.',
    sections,
  });
}

/** The report of a run as a page to print and to sign. */
import { SIGNATURE, treatmentSections } from '../catalogue/treatment/treatment-sections.ts';
import { printablePage } from '../operations/printable-page.ts';
import type { RunReportDocument } from './run-report.ts';

export function runReportPage(report: RunReportDocument, writtenAt: string): string {
  const { profile, objects, residualScan, conformance } = report;
  return printablePage({
    title: 'De-identification report',
    introduction: `Written by Gatehouse on ${writtenAt}. It holds no value of an original.`,
    sections: [
      {
        title: 'What was done',
        paragraphs: [],
        table: {
          head: ['', ''],
          rows: [
            ['Profile', `${profile.id}, version ${profile.version}`],
            ['Hash of the profile and its tables (SHA-256)', profile.hash],
            ['Edition of PS3.15 Table E.1-1', report.edition],
            ['Objects read', String(objects.read)],
            ['De-identified', String(objects.deidentified)],
            ['Kept back', String(objects.quarantined)],
            ['Left out by choice', String(objects.excluded)],
            [
              'Searched for identifiers of the original',
              `${residualScan.searched}, of which ${residualScan.keptBack} kept back`,
            ],
            [
              'Compared with the original for conformance',
              `${conformance.compared}, of which ${conformance.keptBack} kept back`,
            ],
          ],
        },
      },
      {
        title: 'Objects that were kept back, by cause',
        paragraphs: report.causes.length === 0 ? ['None.'] : [],
        table: {
          head: ['Cause', 'Objects', 'What happened', 'What to do'],
          rows: report.causes.map(({ title, objects, sentence, fix }) => [title, String(objects), sentence, fix]),
        },
      },
      ...treatmentSections(report),
      SIGNATURE,
    ],
  });
}

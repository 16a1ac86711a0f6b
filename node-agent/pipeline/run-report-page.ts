/** The report of a run as a page to print and to sign. */
import { type PageSection, printablePage } from '../operations/printable-page.ts';
import type { CountedRemark, RunReportDocument } from './run-report.ts';

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
        title: 'Methods that the outputs claim (PS3.16 CID 7050)',
        paragraphs: ['Clean Pixel Data and Clean Recognizable Visual Features (113101, 113102) are never claimed.'],
        table: {
          head: ['Code', 'Meaning', 'Objects'],
          rows: report.claimedCodes.map(({ code, meaning, objects }) => [code, meaning, String(objects)]),
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
      remarks('Options of the profile that disagreed; the stricter won', report.disagreements),
      remarks('Rules that let through more than the basic profile, with their reason', report.overrides),
      {
        title: 'Actions by attribute',
        paragraphs: ['Attributes that were kept as they are do not appear.'],
        table: {
          head: ['Attribute', 'Action', 'Rule', 'Objects', 'Elements'],
          rows: report.actions.map(({ attribute, action, rule, objects, elements }) => [
            attribute,
            action,
            rule,
            String(objects),
            String(elements),
          ]),
        },
      },
      {
        title: 'Signature',
        paragraphs: ['Data protection officer, date and place:', '_'.repeat(60)],
      },
    ],
  });
}

function remarks(title: string, counted: readonly CountedRemark[]): PageSection {
  if (counted.length === 0) return { title, paragraphs: ['None.'] };
  const rows = counted.map(({ sentence, objects }) => [sentence, String(objects)]);
  return { title, paragraphs: [], table: { head: ['Remark', 'Objects'], rows } };
}

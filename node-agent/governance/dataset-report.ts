/** The de-identification report of a dataset, which its data protection officer signs. It holds no value of an original. */
import type { Treatment } from '../catalogue/treatment/treatment.ts';
import { SIGNATURE, treatmentSections } from '../catalogue/treatment/treatment-sections.ts';
import { type TreatmentFigures, TreatmentTally } from '../catalogue/treatment/treatment-tally.ts';
import { printablePage } from '../operations/printable-page.ts';
import type { SqliteDatabase } from '../store/database.ts';
import type { DatasetDetail } from './dataset-record.ts';

export interface DatasetReport extends TreatmentFigures {
  readonly dataset: { readonly id: string; readonly title: string; readonly state: string };
  /** SHA-256 over the hashes of the member objects; null before the check fixes them. */
  readonly contentHash: string | null;
  readonly objects: number;
  /** Objects that were indexed before treatments were remembered; requeue them to have them accounted for. */
  readonly objectsWithoutAccount: number;
  readonly checks: readonly { readonly title: string; readonly passed: boolean; readonly detail: string }[];
}

export const REPORT_SQL = {
  treatments: `SELECT treatments.content AS content, COUNT(instances.instance_uid) AS objects FROM dataset_series
    JOIN instances ON instances.series_uid = dataset_series.series_uid
    LEFT JOIN treatments ON treatments.treatment_id = instances.treatment_id
    WHERE dataset_series.dataset_id = ? GROUP BY instances.treatment_id`,
} as const;

/** @param detail of a dataset whose members are fixed: a draft has none yet */
export function datasetReport(database: SqliteDatabase, detail: DatasetDetail): DatasetReport {
  const rows = database.prepare(REPORT_SQL.treatments).all(detail.id) as { content: string | null; objects: number }[];
  const tally = new TreatmentTally();
  for (const { content, objects } of rows) if (content !== null) tally.add(JSON.parse(content) as Treatment, objects);
  const objects = rows.reduce((sum, row) => sum + row.objects, 0);
  const known = rows.filter(({ content }) => content !== null).reduce((sum, row) => sum + row.objects, 0);
  return {
    dataset: { id: detail.id, title: detail.title, state: detail.state },
    contentHash: detail.contentHash,
    objects,
    objectsWithoutAccount: objects - known,
    checks: detail.checks.map(({ title, passed, detail: sentence }) => ({ title, passed, detail: sentence })),
    ...tally.figures(),
  };
}

/** @param styleNonce of the content security policy that the page is served under */
export function datasetReportPage(report: DatasetReport, writtenAt: string, styleNonce?: string): string {
  const { dataset, contentHash, objects, objectsWithoutAccount, checks } = report;
  return printablePage(
    {
      title: `De-identification report of the dataset ${dataset.title}`,
      introduction: `Written by Gatehouse on ${writtenAt}. It holds no value of an original.`,
      sections: [
        {
          title: 'The dataset',
          paragraphs: [
            'Every object of the index was searched for the identifying values of its original and compared with it for conformance; one that holds an identifier or an added error is not indexed.',
          ],
          table: {
            head: ['', ''],
            rows: [
              ['Dataset', dataset.id],
              ['State', dataset.state],
              ['SHA-256 over its objects', contentHash ?? 'not fixed yet'],
              ['Objects', String(objects)],
              ['Objects without an account (indexed by an earlier version)', String(objectsWithoutAccount)],
            ],
          },
        },
        {
          title: 'Checks',
          paragraphs: checks.length === 0 ? ['The dataset has not been checked yet.'] : [],
          table: {
            head: ['Check', 'Passed', 'Evidence'],
            rows: checks.map(({ title, passed, detail }) => [title, passed ? 'yes' : 'no', detail]),
          },
        },
        ...treatmentSections(report),
        SIGNATURE,
      ],
    },
    styleNonce,
  );
}

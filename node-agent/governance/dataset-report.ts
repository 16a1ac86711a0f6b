/** The de-identification report of a dataset, which its data protection officer signs. It holds no value of an original. */
import type { Treatment } from '../catalogue/treatment/treatment.ts';
import { SIGNATURE, treatmentSections } from '../catalogue/treatment/treatment-sections.ts';
import { type TreatmentFigures, TreatmentTally } from '../catalogue/treatment/treatment-tally.ts';
import { type PageSection, printablePage } from '../operations/printable-page.ts';
import type { SqliteDatabase } from '../store/database.ts';
import { choicesInWords, type QualityReport } from './dataset-assessment.ts';
import type { DatasetDetail } from './dataset-record.ts';
import type { KFigures } from './privacy-risk/k-figures.ts';

export interface DatasetReport extends TreatmentFigures {
  readonly dataset: { readonly id: string; readonly title: string; readonly state: string };
  /** SHA-256 over the hashes of the member objects; null before the check fixes them. */
  readonly contentHash: string | null;
  readonly objects: number;
  /** Objects that were indexed before treatments were remembered; requeue them to have them accounted for. */
  readonly objectsWithoutAccount: number;
  readonly checks: readonly { readonly title: string; readonly passed: boolean; readonly detail: string }[];
  readonly quality: {
    readonly rulesVersion: string;
    readonly total: number | null;
    readonly scores: QualityReport['scores'];
    /** Rules with a finding. */
    readonly findings: readonly ReportedFinding[];
  };
  readonly privacy: KFigures & { readonly shown: string };
}

interface ReportedFinding {
  readonly title: string;
  readonly severity: string;
  readonly checked: number;
  readonly offending: number;
  /** By whom and why it was accepted; null where nobody did. */
  readonly accepted: string | null;
}

/** How good the dataset is and how much it shows, as `DatasetAssessment` tells it. */
export interface Assessed {
  readonly quality: QualityReport;
  readonly privacy: KFigures;
}

export const REPORT_SQL = {
  treatments: `SELECT treatments.content AS content, COUNT(instances.instance_uid) AS objects FROM dataset_series
    JOIN instances ON instances.series_uid = dataset_series.series_uid
    LEFT JOIN treatments ON treatments.treatment_id = instances.treatment_id
    WHERE dataset_series.dataset_id = ? GROUP BY instances.treatment_id`,
} as const;

/** @param detail of a dataset whose members are fixed: a draft has none yet */
export function datasetReport(database: SqliteDatabase, detail: DatasetDetail, assessed: Assessed): DatasetReport {
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
    quality: reportedQuality(assessed.quality),
    privacy: { ...assessed.privacy, shown: choicesInWords(detail.generalisation) },
    ...tally.figures(),
  };
}

function reportedQuality({ rulesVersion, total, scores, findings, accepted }: QualityReport): DatasetReport['quality'] {
  const found = findings.filter(({ offending }) => offending > 0);
  return {
    rulesVersion,
    total,
    scores,
    findings: found.map(({ rule, checked, offending }) => {
      const acceptance = accepted.find(({ subject }) => subject === rule.id);
      const words = acceptance ? `${acceptance.by}: ${acceptance.reason}` : null;
      return { title: rule.title, severity: rule.severity, checked, offending, accepted: words };
    }),
  };
}

function assessmentSections({ quality, privacy }: DatasetReport): PageSection[] {
  const scoreText = (score: number | null) => (score === null ? 'nothing to check' : String(score));
  return [
    {
      title: 'Quality',
      paragraphs: [`Rules of version ${quality.rulesVersion}; 100 means no finding.`],
      table: {
        head: ['Dimension', 'Score'],
        rows: [
          ['total', scoreText(quality.total)],
          ...quality.scores.map(({ dimension, score }) => [dimension, scoreText(score)]),
        ],
      },
    },
    {
      title: 'Findings of quality',
      paragraphs: quality.findings.length === 0 ? ['None.'] : [],
      table: {
        head: ['Rule', 'Severity', 'Found', 'Of', 'Accepted by'],
        rows: quality.findings.map(({ title, severity, offending, checked, accepted }) => [
          ...[title, severity, String(offending), String(checked)],
          accepted ?? '',
        ]),
      },
    },
    {
      title: 'Privacy risk (k-anonymity per patient)',
      paragraphs: [privacy.shown],
      table: {
        head: ['k', 'Patients', 'Unique', 'Below the limit of release', 'Below the limit of warning'],
        rows: [[privacy.k, privacy.patients, privacy.uniques, privacy.belowBlock, privacy.belowWarn].map(String)],
      },
    },
  ];
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
        ...assessmentSections(report),
        ...treatmentSections(report),
        SIGNATURE,
      ],
    },
    styleNonce,
  );
}

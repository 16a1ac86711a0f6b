/** How good a dataset is, how much it shows of its patients, and what persons decide about both. */
import type { ClinicalColumns } from '../catalogue/generalisation/clinical-columns.ts';
import { type Generalisation, LEVELS } from '../catalogue/generalisation/generalisation.ts';
import { type Acceptance, acceptedFor, keepAcceptance } from './acceptances.ts';
import { type AuditTrail, DatasetHistory } from './dataset-history.ts';
import { choicesOf, DATASET_SQL, type DatasetRow } from './dataset-record.ts';
import { type DatasetShelf, requireDraft, requireStaff } from './dataset-shelf.ts';
import { DatasetError } from './errors.ts';
import type { GateKeeper } from './gate-keeper.ts';
import { type KFigures, type KLimits, kFigures } from './privacy-risk/k-figures.ts';
import { type PrivacyRisk, privacyRisk } from './privacy-risk/privacy-risk.ts';
import { checkQuality, type DimensionScore, type Quality, type QualityTables } from './quality/quality-check.ts';
import type { Person } from './transitions.ts';

export interface AssessmentParts {
  readonly shelf: DatasetShelf;
  readonly gates: GateKeeper;
  readonly audit: AuditTrail;
  readonly limits: KLimits;
  readonly quality: QualityTables;
  readonly clinicalColumns: ClinicalColumns;
  readonly now?: () => Date;
}

/** The score of one check. */
export interface QualityAt {
  /** Of the version that was checked. */
  readonly datasetId: string;
  readonly version: number;
  readonly at: string;
  readonly contentHash: string;
  readonly total: number | null;
  readonly scores: readonly DimensionScore[];
}

export interface QualityReport extends Quality {
  readonly accepted: readonly Acceptance[];
  /** Every check of this dataset and its earlier versions, oldest first. */
  readonly trend: readonly QualityAt[];
}

export const ASSESSMENT_SQL = {
  trend: `WITH RECURSIVE line (id) AS (SELECT @id UNION SELECT predecessor FROM datasets JOIN line ON dataset_id = line.id
      WHERE predecessor IS NOT NULL)
    SELECT dataset_id AS datasetId, version, dataset_quality.at AS at, dataset_quality.content_hash AS contentHash, total,
      scores_json AS scores
    FROM line JOIN dataset_quality ON dataset_quality.dataset_id = line.id JOIN datasets USING (dataset_id)
    ORDER BY dataset_quality.id`,
} as const;

/** Gates that somebody can answer for, besides the rules of quality. */
const ACCEPTABLE_GATES: ReadonlySet<string> = new Set(['k', 'conformance']);

export class DatasetAssessment {
  readonly #parts: AssessmentParts;
  readonly #history: DatasetHistory;

  constructor(parts: AssessmentParts) {
    this.#parts = parts;
    this.#history = new DatasetHistory(parts.shelf.database, parts.audit, () => this.#now());
  }

  /** What the rules find now. @throws DatasetError `not-found` */
  quality(id: string): QualityReport {
    const { shelf, quality: tables } = this.#parts;
    const row = shelf.find(id);
    const quality = shelf.within(row, () => checkQuality(shelf.database, tables, this.#now()));
    const accepted = [...acceptedFor(shelf.database, id, shelf.contentHashOf(row)).values()];
    const trend = shelf.database.prepare(ASSESSMENT_SQL.trend).all({ id }) as (Omit<QualityAt, 'scores'> & {
      scores: string;
    })[];
    return {
      ...quality,
      accepted,
      trend: trend.map(({ scores, ...at }) => ({ ...at, scores: JSON.parse(scores) as DimensionScore[] })),
    };
  }

  /** @throws DatasetError `not-found` */
  privacyRisk(id: string): PrivacyRisk {
    const { shelf, clinicalColumns, limits } = this.#parts;
    const row = shelf.find(id);
    return shelf.within(row, () => privacyRisk(shelf.database, clinicalColumns, choicesOf(row), limits));
  }

  /** What k would be with other choices. @throws DatasetError `not-found` */
  preview(id: string, choices: Generalisation): KFigures {
    const { shelf, clinicalColumns, limits } = this.#parts;
    const row = shelf.find(id);
    return shelf.within(row, () => kFigures(shelf.database, clinicalColumns, choices, limits));
  }

  /**
   * Stores how coarsely a draft shows its patients.
   * @throws DatasetError `not-found`, `not-allowed`, `invalid-transition`
   */
  generalise(id: string, choices: Generalisation, person: Person): void {
    const { shelf } = this.#parts;
    shelf.database.transaction(() => {
      const row = shelf.find(id);
      requireStaff(person, 'choose how a dataset shows its patients');
      requireDraft(row);
      shelf.database.prepare(DATASET_SQL.generalise).run({ id, json: JSON.stringify(choices) });
      const event = { from: row.state, to: row.state, by: person.name, reason: inWords(choices) };
      this.#history.remember(id, event, 'dataset.generalised');
    })();
  }

  /**
   * Accepts a finding, or acknowledges a low k, for the objects of now, with a reason.
   * @throws DatasetError `not-found`, `not-allowed`, `invalid-transition`, `invalid-input`
   */
  accept(id: string, request: { readonly subject: string; readonly reason: string }, person: Person): void {
    const { shelf, gates } = this.#parts;
    shelf.database.transaction(() => {
      const row = shelf.find(id);
      requireStaff(person, 'accept what a gate found');
      if (row.state !== 'draft' && row.state !== 'checked') {
        throw new DatasetError(
          'invalid-transition',
          `A ${row.state} dataset has passed its gates; nothing is to be accepted.`,
        );
      }
      const reason = request.reason.trim();
      if (reason === '')
        throw new DatasetError('invalid-input', 'To accept it needs a reason. Write one and try again.');
      const title = this.#acceptable(request.subject);
      const at = this.#now();
      const place = { datasetId: id, contentHash: shelf.contentHashOf(row) };
      keepAcceptance(shelf.database, place, { ...request, reason, by: person.name, at: at.toISOString() });
      this.#rememberAcceptance(row, person, `Accepted "${title}": ${reason}`);
      if (row.state === 'checked') gates.keepAgain(row, person.name, at);
    })();
  }

  #rememberAcceptance(row: DatasetRow, person: Person, reason: string): void {
    this.#history.remember(
      row.id,
      { from: row.state, to: row.state, by: person.name, reason },
      'dataset.finding-accepted',
    );
  }

  /** @returns its title */
  #acceptable(subject: string): string {
    if (ACCEPTABLE_GATES.has(subject)) return subject === 'k' ? 'low k' : 'objects without an account';
    const rule = this.#parts.quality.rules.rules.find(({ id }) => id === subject);
    if (rule?.acceptable && rule.severity === 'error') return rule.title;
    throw new DatasetError(
      'invalid-input',
      'This finding cannot be accepted. Put it right, then check the dataset again.',
    );
  }

  #now(): Date {
    return this.#parts.now?.() ?? new Date();
  }
}

function inWords(choices: Generalisation): string {
  const changed = Object.entries(LEVELS).flatMap(([attribute, levels]) => {
    const level = choices[attribute as keyof typeof LEVELS];
    return level === levels[0] ? [] : `${attribute} ${level}`;
  });
  const columns = choices.clinicalColumns.map((column) => `${column} dropped`);
  const all = [...changed, ...columns];
  return all.length === 0 ? 'Patients are shown as indexed.' : `Patients are shown more coarsely: ${all.join(', ')}.`;
}

/**
 * The register of datasets: every change of state goes through here, with who, when, why and on what
 * evidence. Release takes a second person; only what is published can be seen by the hub.
 */
import type { SqliteDatabase } from '../store/database.ts';
import { type AuditTrail, DatasetHistory } from './dataset-history.ts';
import { DatasetMembership, type MembershipCounts } from './dataset-membership.ts';
import {
  type CohortSelection,
  cohortOf,
  DATASET_SQL,
  type DatasetDetail,
  type DatasetEvent,
  type DatasetRow,
  type DatasetSummary,
  fieldsOf,
  type GateCheck,
  type GateEvidence,
  type NewDataset,
  newDatasetId,
} from './dataset-record.ts';
import { type DatasetReport, datasetReport } from './dataset-report.ts';
import { DatasetError } from './errors.ts';
import { type FaceDecision, FaceDecisions } from './face-decisions.ts';
import { closedGateSentence, runGateChecks } from './gate-checks.ts';
import {
  type DatasetState,
  findTransition,
  objection,
  type Person,
  type Transition,
  transitionsFrom,
} from './transitions.ts';

/** The catalogue's cohort queries as this room needs them. */
interface CohortSource {
  /** UIDs of the series that match now. */
  series(query: CohortSelection): readonly string[];
  counts(query: CohortSelection): MembershipCounts;
}

export interface DatasetRegisterParts {
  readonly database: SqliteDatabase;
  readonly audit: AuditTrail;
  readonly cohorts: CohortSource;
  /** Cancer types a dataset may declare. */
  readonly conditions: readonly { readonly code: string; readonly label: string }[];
  /** Fewest patients of a dataset: the threshold of the disclosure policy. */
  readonly threshold: number;
  /** What stands between a dataset and a complete catalogue record. */
  readonly record?: { objections(datasetId: string): readonly string[] };
  readonly now?: () => Date;
  readonly newId?: () => string;
}

export class DatasetRegister {
  readonly #parts: DatasetRegisterParts;
  readonly #database: SqliteDatabase;
  readonly #membership: DatasetMembership;
  readonly #faces: FaceDecisions;
  readonly #history: DatasetHistory;
  readonly #now: () => Date;

  constructor(parts: DatasetRegisterParts) {
    this.#parts = parts;
    this.#database = parts.database;
    this.#membership = new DatasetMembership(parts.database);
    this.#faces = new FaceDecisions(parts.database);
    this.#now = parts.now ?? (() => new Date());
    this.#history = new DatasetHistory(parts.database, parts.audit, this.#now);
  }

  /** Drafts a dataset from a cohort. Until it is checked, its members are whatever the cohort finds. */
  draft(dataset: NewDataset, person: Person): DatasetDetail {
    const condition = this.#parts.conditions.find(({ code }) => code === dataset.condition);
    if (!condition) {
      throw new DatasetError(
        'invalid-input',
        'The cancer type is not one of those on the list. Choose one of the list.',
      );
    }
    const id = (this.#parts.newId ?? newDatasetId)();
    const { query, keywords, condition: _, ...fields } = dataset;
    this.#database.transaction(() => {
      this.#database.prepare(DATASET_SQL.insert).run({
        ...fields,
        id,
        conditionCode: condition.code,
        conditionLabel: condition.label,
        state: 'draft',
        queryJson: JSON.stringify(query),
        keywordsJson: JSON.stringify(keywords),
        createdBy: person.name,
        createdAt: this.#time(),
        contentHash: null,
      });
      this.#history.remember(id, { from: null, to: 'draft', by: person.name }, 'dataset.drafted');
    })();
    return this.detail(id, person);
  }

  /**
   * Moves a dataset to another state.
   * @throws DatasetError `not-found`, `not-allowed`, `invalid-transition`, `gate-closed`, `invalid-input`
   */
  advance(id: string, request: { to: DatasetState; reason?: string | undefined }, person: Person): DatasetDetail {
    const closedGate = this.#database.transaction(() => {
      const row = this.#find(id);
      const reason = request.reason?.trim() || undefined;
      const transition = this.#permit(row, request.to, reason, person);
      if (transition.to === 'checked') return this.#check(row, person, reason);
      if (transition.to === 'released' || transition.to === 'published') this.#verifyUnchanged(row);
      if (transition.to === 'draft') this.#membership.thaw(id);
      const contentHash = transition.to === 'draft' ? null : row.contentHash;
      this.#history.move(row, transition.to, { by: person.name, reason, contentHash });
      return undefined;
    })();
    // thrown after the commit: a failed check leaves its evidence in the history
    if (closedGate) throw new DatasetError('gate-closed', closedGate);
    return this.detail(id, person);
  }

  /**
   * Accepts or excludes the volumes of a draft from which a face could be rebuilt, all that its cohort finds now. One that
   * comes later is a question of its own.
   * @throws DatasetError `not-found`, `not-allowed`, `invalid-transition`, `invalid-input`
   */
  decideFaces(
    id: string,
    request: { decision: FaceDecision; reason?: string | undefined },
    person: Person,
  ): DatasetDetail {
    this.#database.transaction(() => {
      const row = this.#find(id);
      const reason = request.reason?.trim() ?? '';
      if (person.role === 'viewer') {
        throw new DatasetError(
          'not-allowed',
          'To decide about faces needs the role officer or administrator. Ask an administrator.',
        );
      }
      if (row.state !== 'draft') {
        throw new DatasetError(
          'invalid-transition',
          `The members of a ${row.state} dataset are fixed. Take it back to draft first.`,
        );
      }
      if (request.decision === 'accepted' && reason === '') {
        throw new DatasetError('invalid-input', 'To accept faces needs a reason. Write one and try again.');
      }
      const decision = { decision: request.decision, by: person.name, at: this.#time(), reason };
      const series = this.#faces.decide(id, this.#parts.cohorts.series(cohortOf(row)), decision);
      if (series === 0) {
        throw new DatasetError('invalid-input', 'No volume of this dataset shows a face; there is nothing to decide.');
      }
      const words = `${series} series with a face ${request.decision}`;
      const event = { from: row.state, to: row.state, by: person.name, reason: reason ? `${words}: ${reason}` : words };
      this.#history.remember(id, event, `dataset.faces-${request.decision}`);
    })();
    return this.detail(id, person);
  }

  /** What was done to the objects of a dataset. @throws DatasetError `not-found` */
  report(id: string, person: Person): DatasetReport {
    return datasetReport(this.#database, this.detail(id, person));
  }

  list(): DatasetSummary[] {
    const rows = this.#database.prepare(DATASET_SQL.list).all() as DatasetRow[];
    return rows.map((row) => this.#summary(row));
  }

  /** One dataset as the given person sees it. @throws DatasetError `not-found` */
  detail(id: string, person: Person): DatasetDetail {
    const row = this.#find(id);
    return {
      ...this.#summary(row),
      ...fieldsOf(row),
      query: cohortOf(row),
      contentHash: row.contentHash,
      checks: this.#newestChecks(id),
      faces:
        row.state === 'draft'
          ? this.#faces.ofCohort(id, this.#parts.cohorts.series(cohortOf(row)))
          : this.#faces.decided(id),
      history: this.#database.prepare(DATASET_SQL.history).all(id) as DatasetEvent[],
      actions: transitionsFrom(row.state).map((transition) => {
        const why = objection(transition, person, row.createdBy);
        return { to: transition.to, allowed: why === null, why };
      }),
    };
  }

  #permit(row: DatasetRow, to: DatasetState, reason: string | undefined, person: Person): Transition {
    const transition = findTransition(row.state, to);
    if (!transition) {
      const possible = transitionsFrom(row.state).map((next) => next.to);
      const next = possible.length > 0 ? `From here it can become ${possible.join(' or ')}.` : 'It stays as it is.';
      throw new DatasetError('invalid-transition', `A ${row.state} dataset cannot become ${to}. ${next}`);
    }
    const why = objection(transition, person, row.createdBy);
    if (why) throw new DatasetError('not-allowed', why);
    if (transition.needsReason && !reason) {
      throw new DatasetError(
        'invalid-input',
        `To ${transition.verb} a dataset needs a reason. Write one and try again.`,
      );
    }
    return transition;
  }

  /** Freezes the members and runs the gate. @returns what did not pass; the dataset then stays a draft */
  #check(row: DatasetRow, person: Person, reason: string | undefined): string | undefined {
    this.#membership.freeze(row.id, this.#parts.cohorts.series(cohortOf(row)));
    const checks = this.#runGate(row);
    const contentHash = this.#membership.contentHash(row.id);
    const evidence = { contentHash, checks };
    if (checks.every((check) => check.passed)) {
      this.#history.move(row, 'checked', { by: person.name, reason, contentHash, evidence });
      return undefined;
    }
    this.#membership.thaw(row.id);
    const event = { from: row.state, to: row.state, by: person.name, reason: 'The check did not pass.', evidence };
    this.#history.remember(row.id, event, 'dataset.check-failed');
    return closedGateSentence(checks);
  }

  /** The members must still be what the check saw, object by object. */
  #verifyUnchanged(row: DatasetRow): void {
    const again = 'Take the dataset back to draft and check it again.';
    if (this.#membership.contentHash(row.id) !== row.contentHash) {
      throw new DatasetError('gate-closed', `Objects of this dataset were added or changed since the check. ${again}`);
    }
    const checks = this.#runGate(row);
    const sentence = closedGateSentence(checks);
    if (sentence) throw new DatasetError('gate-closed', `${sentence} ${again}`);
  }

  #runGate(row: DatasetRow): GateCheck[] {
    const { threshold, record } = this.#parts;
    return runGateChecks(fieldsOf(row), this.#membership.findings(row.id), threshold, record?.objections(row.id));
  }

  #summary(row: DatasetRow): DatasetSummary {
    // a draft has no members yet: what its cohort finds now
    const counts = row.state === 'draft' ? this.#parts.cohorts.counts(cohortOf(row)) : this.#membership.counts(row.id);
    const { id, title, state, createdBy, createdAt } = row;
    const condition = { code: row.conditionCode, label: row.conditionLabel };
    return { id, title, condition, state, createdBy, createdAt, ...counts };
  }

  #newestChecks(id: string): GateCheck[] {
    const json = this.#database.prepare(DATASET_SQL.newestEvidence).pluck().get({ id }) as string | undefined;
    return json ? [...(JSON.parse(json) as GateEvidence).checks] : [];
  }

  #find(id: string): DatasetRow {
    const row = this.#database.prepare(DATASET_SQL.find).get(id) as DatasetRow | undefined;
    if (!row) throw new DatasetError('not-found', 'There is no dataset with this id.');
    return row;
  }

  #time(): string {
    return this.#now().toISOString();
  }
}

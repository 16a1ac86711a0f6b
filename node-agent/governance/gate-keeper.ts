/** Looks at the gates of a dataset whose members are fixed, and keeps the evidence of each for exactly those objects. */
import type { ClinicalColumns } from '../catalogue/generalisation/clinical-columns.ts';
import type { SqliteDatabase } from '../store/database.ts';
import { acceptedFor } from './acceptances.ts';
import { DatasetMembership } from './dataset-membership.ts';
import { choicesOf, type DatasetRow, fieldsOf, type GateCheck, type GateStanding } from './dataset-record.ts';
import { fixedMembers, withScope } from './dataset-scope.ts';
import { closedGateSentence, GATES, type Gate, runGateChecks, twoPersonsCheck } from './gate-checks.ts';
import { type KLimits, kFigures } from './privacy-risk/k-figures.ts';
import { checkQuality, type Quality, type QualityTables } from './quality/quality-check.ts';
import type { Person } from './transitions.ts';

export interface GateKeeperParts {
  readonly database: SqliteDatabase;
  readonly threshold: number;
  readonly limits: KLimits;
  readonly quality: QualityTables;
  readonly clinicalColumns: ClinicalColumns;
  /** What the catalogue record of a dataset still lacks; nothing where there is no such part. */
  readonly record?: { objections(datasetId: string): readonly string[] };
}

/** What a gate found, of the objects with this hash. */
export interface GatesSeen {
  readonly contentHash: string;
  readonly checks: readonly GateCheck[];
}

export const EVIDENCE_SQL = {
  keep: `INSERT INTO dataset_evidence (dataset_id, gate, content_hash, passed, warning, detail, figures_json, by, at)
    VALUES (@datasetId, @gate, @contentHash, @passed, @warning, @detail, @figures, @by, @at)
    ON CONFLICT (dataset_id, gate) DO UPDATE SET content_hash = excluded.content_hash, passed = excluded.passed,
      warning = excluded.warning, detail = excluded.detail, figures_json = excluded.figures_json, by = excluded.by, at = excluded.at`,
  drop: 'DELETE FROM dataset_evidence WHERE dataset_id = ?',
  of: `SELECT gate, content_hash AS contentHash, passed, warning, detail, by, at FROM dataset_evidence WHERE dataset_id = ?`,
  keepQuality: `INSERT INTO dataset_quality (dataset_id, at, content_hash, rules_version, total, scores_json, findings_json)
    VALUES (@datasetId, @at, @contentHash, @rulesVersion, @total, @scores, @findings)`,
} as const;

interface EvidenceRow {
  readonly gate: Gate;
  readonly contentHash: string;
  readonly passed: number;
  readonly warning: number;
  readonly detail: string;
  readonly by: string;
  readonly at: string;
}

export class GateKeeper {
  readonly #parts: GateKeeperParts;
  readonly #membership: DatasetMembership;

  constructor(parts: GateKeeperParts) {
    this.#parts = parts;
    this.#membership = new DatasetMembership(parts.database);
  }

  /** Runs every gate over the members of now and keeps how good they are, for the trend. */
  check(row: DatasetRow, now: Date): GatesSeen {
    const { quality, ...seen } = this.#look(row, now);
    this.#keepQuality(row.id, seen.contentHash, quality, now);
    return seen;
  }

  keepEvidence(datasetId: string, { contentHash, checks }: GatesSeen, by: string, now: Date): void {
    const statement = this.#parts.database.prepare(EVIDENCE_SQL.keep);
    const at = now.toISOString();
    for (const { id, passed, warning, detail, figures } of checks) {
      const flags = { passed: passed ? 1 : 0, warning: warning ? 1 : 0 };
      statement.run({ datasetId, gate: id, contentHash, ...flags, detail, figures: JSON.stringify(figures), by, at });
    }
  }

  dropEvidence(datasetId: string): void {
    this.#parts.database.prepare(EVIDENCE_SQL.drop).run(datasetId);
  }

  /**
   * Why a dataset cannot be released or published, naming the gate: the members must be those of the check object by object,
   * every gate must have its evidence for them, and pass once more now.
   */
  objection(row: DatasetRow, to: 'released' | 'published', now: Date): string | undefined {
    const again = 'Take the dataset back to draft and check it again.';
    const { contentHash, checks } = this.#look(row, now);
    if (contentHash !== row.contentHash) {
      return `Objects of this dataset were added or changed since the check. ${again}`;
    }
    const evidence = new Map(this.#evidence(row.id).map((kept) => [kept.gate, kept]));
    const needed = (Object.keys(GATES) as Gate[]).filter((gate) => gate !== 'two-persons' || to === 'published');
    const sentences = needed.flatMap((gate) => {
      const kept = evidence.get(gate);
      if (!kept) return `${GATES[gate]}: there is no evidence.`;
      if (kept.contentHash !== contentHash) return `${GATES[gate]}: the evidence is of other objects.`;
      return kept.passed === 1 ? [] : `${GATES[gate]}: not passed. ${kept.detail}`;
    });
    const closed = closedGateSentence(checks);
    if (sentences.length > 0 || closed) return [...sentences, closed, again].filter(Boolean).join(' ');
    const warnings = checks.filter(({ warning }) => warning).map(({ title, detail }) => `${title}: ${detail}`);
    return warnings.length > 0 ? warnings.join(' ') : undefined;
  }

  /** The evidence of all gates as they are now: after an acceptance, and, with the second person, at the release. */
  keepAgain(row: DatasetRow, by: string, now: Date, releaser?: Person): void {
    const { contentHash, checks } = this.#look(row, now);
    const all = releaser ? [...checks, twoPersonsCheck(row.createdBy, releaser.name)] : checks;
    this.keepEvidence(row.id, { contentHash, checks: all }, by, now);
  }

  /** The evidence that is kept, in the order of the gates. */
  standing(datasetId: string): GateStanding[] {
    const order = Object.keys(GATES);
    return this.#evidence(datasetId)
      .toSorted((one, other) => order.indexOf(one.gate) - order.indexOf(other.gate))
      .map(({ gate, passed, warning, ...kept }) => {
        return { id: gate, title: GATES[gate], passed: passed === 1, warning: warning === 1, ...kept };
      });
  }

  #look(row: DatasetRow, now: Date): GatesSeen & { readonly quality: Quality } {
    const { database, threshold, limits, quality: tables, clinicalColumns, record } = this.#parts;
    const contentHash = this.#membership.contentHash(row.id);
    const choices = choicesOf(row);
    const seriesUids = fixedMembers(database, row.id);
    const { quality, k } = withScope(database, { datasetId: row.id, seriesUids }, () => ({
      quality: checkQuality(database, tables, now),
      k: kFigures(database, clinicalColumns, choices, limits),
    }));
    const checks = runGateChecks({
      fields: fieldsOf(row),
      members: this.#membership.findings(row.id),
      threshold,
      quality,
      k,
      limits,
      choices,
      accepted: acceptedFor(database, row.id, contentHash),
      recordObjections: record?.objections(row.id) ?? [],
    });
    return { contentHash, checks, quality };
  }

  #evidence(datasetId: string): EvidenceRow[] {
    return this.#parts.database.prepare(EVIDENCE_SQL.of).all(datasetId) as EvidenceRow[];
  }

  #keepQuality(datasetId: string, contentHash: string, quality: Quality, now: Date): void {
    const findings = quality.findings
      .filter(({ checked }) => checked > 0)
      .map(({ rule, checked, offending }) => ({ rule: rule.id, checked, offending }));
    this.#parts.database.prepare(EVIDENCE_SQL.keepQuality).run({
      datasetId,
      at: now.toISOString(),
      contentHash,
      rulesVersion: quality.rulesVersion,
      total: quality.total,
      scores: JSON.stringify(quality.scores),
      findings: JSON.stringify(findings),
    });
  }
}

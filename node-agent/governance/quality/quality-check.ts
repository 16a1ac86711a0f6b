/** Runs the rules over a dataset and scores it. */
import type { SqliteDatabase } from '../../store/database.ts';
import { nearDuplicates } from './near-duplicates.ts';
import type { ObjectKinds } from './object-kinds.ts';
import { DIMENSIONS, type Dimension, type QualityRule, type QualityRules } from './quality-rules.ts';
import { RULE_SQL } from './rule-sql.ts';

/** How long the reading of a file counts as evidence that it is as it was indexed. */
export const FRESH_HOURS = 24;
const EXAMPLES = 5;
const WEIGHT: Readonly<Record<QualityRule['severity'], number>> = { error: 3, warning: 2, note: 1 };
const NEAR_DUPLICATES = 'uniqueness.near-duplicates';

export interface QualityFinding {
  readonly rule: QualityRule;
  /** Items there were to look at; a rule with none has nothing to say. */
  readonly checked: number;
  readonly offending: number;
  /** A few of them: mapped UIDs or pseudonyms. */
  readonly examples: readonly string[];
}

export interface DimensionScore {
  readonly dimension: Dimension;
  /** 0 to 100; null where no rule had anything to look at. */
  readonly score: number | null;
}

export interface Quality {
  readonly rulesVersion: string;
  readonly total: number | null;
  readonly scores: readonly DimensionScore[];
  readonly findings: readonly QualityFinding[];
}

export interface QualityTables {
  readonly rules: QualityRules;
  readonly kinds: ObjectKinds;
}

/** Instant from which on the reading of a file counts. */
export function freshAfter(now: Date): string {
  return new Date(now.getTime() - FRESH_HOURS * 3_600_000).toISOString();
}

/** Of the series in `scope`. */
export function checkQuality(database: SqliteDatabase, { rules, kinds }: QualityTables, now: Date): Quality {
  const parameters = {
    freshAfter: freshAfter(now),
    today: now.toISOString().slice(0, 10),
    modalities: JSON.stringify(kinds.modalities),
    organs: JSON.stringify(kinds.organsOfOneSex),
  };
  const findings = rules.rules.map((rule) => ({ rule, ...evaluate(database, rule, parameters) }));
  const scores = DIMENSIONS.map((dimension) => ({ dimension, score: scoreOf(findings, dimension) }));
  const known = scores.flatMap(({ score }) => score ?? []);
  const total = known.length === 0 ? null : downToTenth(known.reduce((sum, score) => sum + score, 0) / known.length);
  return { rulesVersion: rules.version, total, scores, findings };
}

function evaluate(
  database: SqliteDatabase,
  { id }: QualityRule,
  parameters: Readonly<Record<string, string>>,
): Omit<QualityFinding, 'rule'> {
  const { checked, offending } = id === NEAR_DUPLICATES ? nearDuplicates(database) : bySql(database, id, parameters);
  return { checked, offending: offending.length, examples: offending.slice(0, EXAMPLES) };
}

function bySql(database: SqliteDatabase, id: string, parameters: Readonly<Record<string, string>>) {
  const sql = RULE_SQL[id];
  if (!sql) throw new Error(`The quality rule ${id} has no evaluator. Restore the quality rules of the release.`);
  return {
    checked: database.prepare(sql.checked).pluck().get(parameters) as number,
    offending: database.prepare(sql.offending).pluck().all(parameters) as string[],
  };
}

function scoreOf(findings: readonly QualityFinding[], dimension: Dimension): number | null {
  const asked = findings.filter(({ rule, checked }) => rule.dimension === dimension && checked > 0);
  if (asked.length === 0) return null;
  const weights = asked.reduce((sum, { rule }) => sum + WEIGHT[rule.severity], 0);
  const kept = asked.reduce((sum, { rule, checked, offending }) => {
    const share = 1 - Math.min(1, offending / checked);
    return sum + WEIGHT[rule.severity] * share;
  }, 0);
  return downToTenth((100 * kept) / weights);
}

function downToTenth(value: number): number {
  // What floating point takes from a whole number is given back first.
  return Math.floor(value * 10 + 1e-9) / 10;
}

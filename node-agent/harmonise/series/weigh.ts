/**
 * Weighing evidence for the concepts of one table. Deterministic and independent of the order of the evidence:
 *
 * - Pieces of one group are not independent; the strongest of a group counts. Groups add up like independent witnesses:
 *   support = 1 − Π(1 − weight). What denies a concept takes its part away: support × Π(1 − weight).
 * - Evidence for a broader concept supports a narrower one that has evidence of its own, by four tenths of its support.
 * - The concept with most support is chosen; a narrower one of it with at least half its certainty is preferred.
 * - Confidence is the support of the chosen, less six tenths of the strongest concept that contradicts it; of that, half
 *   counts even where it is denied.
 */
import type { EvidenceConcept } from './evidence-table.ts';

/** One piece of evidence that holds. */
export interface Evidence {
  readonly rule: string;
  readonly group: string;
  readonly says: Readonly<Record<string, number>>;
  readonly denies: Readonly<Record<string, number>>;
  readonly sentence: string;
}

export interface WeighedConcept {
  readonly concept: EvidenceConcept;
  readonly confidence: number;
}

export interface Weighing {
  /** Undefined where nothing speaks for any concept. */
  readonly chosen: WeighedConcept | undefined;
  /** Likeliest first, the chosen one among them. */
  readonly candidates: readonly WeighedConcept[];
  /** What spoke for the chosen concept, strongest first. */
  readonly spoke: readonly Evidence[];
  /** What spoke for others, in the same order. */
  readonly spokeForOthers: readonly Evidence[];
}

const FROM_BROADER = 0.4;
const NARROWER_AT_LEAST = 0.5;
const RIVAL = 0.6;
/** Nobody is that sure. */
const MOST = 0.99;

export function weigh(concepts: readonly EvidenceConcept[], evidence: readonly Evidence[]): Weighing {
  const kin = new Kinship(concepts);
  const own = new Map(concepts.map(({ key }) => [key, supportOf(key, evidence)]));
  const support = new Map(
    concepts.map(({ key }) => {
      const mine = own.get(key) ?? 0;
      const broader = Math.max(0, ...kin.broader(key).map((other) => own.get(other) ?? 0));
      return [key, mine === 0 ? 0 : 1 - (1 - mine) * (1 - FROM_BROADER * broader)];
    }),
  );
  const supportFor = (key: string) => support.get(key) ?? 0;
  // Midway between what is said and what is left of it: words that physics denies are a reason to ask.
  const claimFor = (key: string) => (supportFor(key) + 1 - remaining(strongest(evidence, ({ says }) => says[key]))) / 2;
  const confidenceOf = (key: string) => {
    const rivals = concepts.filter((other) => kin.contradict(key, other.key)).map((other) => claimFor(other.key));
    return Math.min(MOST, supportFor(key) * (1 - RIVAL * Math.max(0, ...rivals)));
  };
  const supported = concepts.filter(({ key }) => supportFor(key) > 0);
  const candidates = supported
    .map((concept) => ({ concept, confidence: Math.round(confidenceOf(concept.key) * 100) / 100 }))
    .sort((a, b) => supportFor(b.concept.key) - supportFor(a.concept.key) || (a.concept.key < b.concept.key ? -1 : 1));
  const chosen = narrowed(candidates, supportFor);
  const spoke = chosen ? spokeFor([chosen.concept.key, ...kin.broader(chosen.concept.key)], evidence) : [];
  const others = spokeFor([...own.keys()], evidence);
  return {
    chosen,
    candidates: chosen ? [chosen, ...candidates.filter((candidate) => candidate !== chosen)] : candidates,
    spoke,
    spokeForOthers: others.filter((piece) => !spoke.includes(piece)),
  };
}

/** From the best supported concept down to a narrower one, as long as that is supported well enough itself. */
function narrowed(
  candidates: readonly WeighedConcept[],
  supportFor: (key: string) => number,
): WeighedConcept | undefined {
  let chosen = candidates[0];
  while (chosen) {
    const { key } = chosen.concept;
    const narrower = candidates.find(
      ({ concept }) =>
        concept.within === key &&
        supportFor(concept.key) >= NARROWER_AT_LEAST &&
        supportFor(concept.key) >= NARROWER_AT_LEAST * supportFor(key),
    );
    if (!narrower) break;
    chosen = narrower;
  }
  // A concept that agrees with the best one, such as diffusion with the T2 weighting it is made on, says more than it.
  const best = chosen;
  if (!best) return undefined;
  const telling = candidates.find(
    ({ concept }) => concept.agreesWith.includes(best.concept.key) && supportFor(concept.key) >= NARROWER_AT_LEAST,
  );
  return telling ?? best;
}

function supportOf(key: string, evidence: readonly Evidence[]): number {
  return (
    remaining(strongest(evidence, ({ denies }) => denies[key])) *
    (1 - remaining(strongest(evidence, ({ says }) => says[key])))
  );
}

/** The strongest weight of each group. */
function strongest(evidence: readonly Evidence[], weightOf: (piece: Evidence) => number | undefined): number[] {
  const groups = new Map<string, number>();
  for (const piece of evidence) {
    const weight = weightOf(piece) ?? 0;
    if (weight > (groups.get(piece.group) ?? 0)) groups.set(piece.group, weight);
  }
  return [...groups.values()].sort((a, b) => b - a);
}

function remaining(weights: readonly number[]): number {
  return weights.reduce((rest, weight) => rest * (1 - weight), 1);
}

function spokeFor(keys: readonly string[], evidence: readonly Evidence[]): Evidence[] {
  const weightOf = (piece: Evidence) => Math.max(0, ...keys.map((key) => piece.says[key] ?? 0));
  return evidence
    .filter((piece) => weightOf(piece) > 0)
    .sort((a, b) => weightOf(b) - weightOf(a) || (a.rule < b.rule ? -1 : 1));
}

/** Which concepts are broader than others, and which contradict each other. */
class Kinship {
  readonly #byKey: ReadonlyMap<string, EvidenceConcept>;

  constructor(concepts: readonly EvidenceConcept[]) {
    this.#byKey = new Map(concepts.map((concept) => [concept.key, concept]));
  }

  /** Broader ones, nearest first. */
  broader(key: string): string[] {
    const within = this.#byKey.get(key)?.within;
    return within === undefined ? [] : [within, ...this.broader(within)];
  }

  contradict(a: string, b: string): boolean {
    if (a === b) return false;
    const line = (key: string) => [key, ...this.broader(key)];
    if (line(a).includes(b) || line(b).includes(a)) return false;
    return !this.#agrees(a, b) && !this.#agrees(b, a);
  }

  #agrees(a: string, b: string): boolean {
    return [a, ...this.broader(a)].some((key) => {
      const agreed = this.#byKey.get(key)?.agreesWith ?? [];
      return [b, ...this.broader(b)].some((other) => agreed.includes(other));
    });
  }
}

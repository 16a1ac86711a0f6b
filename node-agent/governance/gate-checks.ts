/** The gates of a dataset, each with its evidence in words and figures. */
import type { Generalisation } from '../catalogue/generalisation/generalisation.ts';
import type { Accepted } from './acceptances.ts';
import type { MembershipFindings } from './dataset-membership.ts';
import type { DatasetFields, GateCheck } from './dataset-record.ts';
import type { KFigures, KLimits } from './privacy-risk/k-figures.ts';
import type { Quality, QualityFinding } from './quality/quality-check.ts';

/** Fields without which there can be no catalogue record (EUCAIM DCAT-AP, dataset, mandatory). */
const REQUIRED: readonly (keyof DatasetFields)[] = [
  'title',
  'description',
  'publisher',
  'contactEmail',
  'provenance',
  'accessUrl',
];

/** Every gate by its title, in the order in which they are shown. The last is passed by the release itself. */
export const GATES = {
  membership: 'The cohort has members',
  patients: 'Enough patients',
  withdrawn: 'No member is withdrawn',
  profile: 'One de-identification profile',
  residual: 'Every object is scanned for residual identifiers',
  conformance: 'Every object has an account of its de-identification',
  references: 'What objects refer to is in the dataset',
  quality: 'No error of quality that nobody answers for',
  k: 'Patients cannot be singled out (k-anonymity)',
  faces: 'No face that nobody answers for',
  record: 'The catalogue record is complete',
  'two-persons': 'Two persons',
} as const;

export type Gate = keyof typeof GATES;

export interface GateFindings {
  readonly fields: DatasetFields;
  readonly members: MembershipFindings;
  /** Fewest patients of a dataset. */
  readonly threshold: number;
  readonly quality: Quality;
  readonly k: KFigures;
  readonly limits: KLimits;
  readonly choices: Generalisation;
  /** What named persons accepted for exactly these objects, by rule or gate. */
  readonly accepted: Accepted;
  /** What the catalogue record still lacks, as sentences. */
  readonly recordObjections: readonly string[];
}

/** Every gate but the one that the release itself passes. */
export function runGateChecks(findings: GateFindings): GateCheck[] {
  return [
    ...memberGates(findings),
    conformanceGate(findings),
    findingsGate('references', findings),
    findingsGate('quality', findings),
    kGate(findings),
    faceGate(findings),
    recordGate(findings),
  ];
}

/** The evidence of the release. */
export function twoPersonsCheck(draftedBy: string, releasedBy: string): GateCheck {
  const passed = draftedBy !== releasedBy;
  const detail = `Drafted by ${draftedBy}, released by ${releasedBy}.`;
  return gate('two-persons', { passed, detail, figures: { draftedBy, releasedBy } });
}

function gate(
  id: Gate,
  found: Omit<GateCheck, 'id' | 'title' | 'warning'> & { readonly warning?: boolean },
): GateCheck {
  return { id, title: GATES[id], warning: false, ...found };
}

function memberGates({ members, threshold }: GateFindings): GateCheck[] {
  const { series, studies, instances, patients, withdrawn, profiles, withoutProfile, profileHash } = members;
  const oneProfile = profiles === 1 && withoutProfile === 0;
  const unscanned = members.notIndexed + members.withoutContentHash;
  return [
    gate('membership', {
      passed: series > 0 && instances > 0,
      detail: `${instances} objects in ${series} series of ${studies} studies.`,
      figures: { instances, series, studies },
    }),
    gate('patients', {
      passed: patients >= threshold,
      detail: `${patients} patients; at least ${threshold} are needed, because smaller groups are never disclosed.`,
      figures: { patients, threshold },
    }),
    gate('withdrawn', {
      passed: withdrawn === 0,
      detail:
        withdrawn === 0
          ? 'No object was withdrawn.'
          : `${withdrawn} objects were withdrawn. Narrow the cohort so that they are left out.`,
      figures: { withdrawn },
    }),
    gate('profile', {
      passed: oneProfile,
      detail: oneProfile
        ? `Every object was cleaned with the same profile (SHA-256 ${profileHash}).`
        : `The objects were cleaned with ${profiles} profiles. Requeue the older ones so that one profile holds for all.`,
      figures: { profiles, profileHash },
    }),
    gate('residual', {
      passed: unscanned === 0,
      detail:
        unscanned === 0
          ? `The ledger holds all ${instances} objects as indexed, which takes de-identification and the residual scan.`
          : `${members.notIndexed} objects are not held as indexed and ${members.withoutContentHash} have no content hash. Look at them in the quarantine, then check again.`,
      figures: { objects: instances, notIndexed: members.notIndexed, withoutContentHash: members.withoutContentHash },
    }),
  ];
}

/** An account is written only of an object that passed the comparison with its original (see deidentify/conformance). */
function conformanceGate({ members: { withoutAccount, instances }, accepted }: GateFindings): GateCheck {
  const acceptance = accepted.get('conformance');
  const figures = { objects: instances, withoutAccount };
  if (withoutAccount === 0) {
    const detail = `All ${instances} objects were compared with their originals for conformance and have an account.`;
    return gate('conformance', { passed: true, detail, figures });
  }
  const missing = `${withoutAccount} objects have no account of what was done to them, because an earlier version indexed them.`;
  return acceptance
    ? gate('conformance', { passed: true, detail: `${missing} ${acceptedBy(acceptance)}`, figures })
    : gate('conformance', {
        passed: false,
        detail: `${missing} Have them sent again, or accept it with a reason.`,
        figures,
      });
}

function findingsGate(id: 'references' | 'quality', { quality, accepted }: GateFindings): GateCheck {
  const errors = quality.findings.filter(
    ({ rule, offending }) => (rule.gate ?? 'quality') === id && rule.severity === 'error' && offending > 0,
  );
  const open = errors.filter(({ rule }) => !(rule.acceptable && accepted.has(rule.id)));
  const looked = quality.findings.filter(({ rule, checked }) => (rule.gate ?? 'quality') === id && checked > 0);
  const figures = {
    rulesVersion: quality.rulesVersion,
    total: quality.total,
    rules: looked.length,
    errors: errors.map(({ rule, offending }) => ({ rule: rule.id, offending })),
  };
  if (open.length > 0) return gate(id, { passed: false, detail: open.map(openSentence).join(' '), figures });
  const answered = errors.map(({ rule, offending }) => {
    const acceptance = accepted.get(rule.id);
    return `${rule.title}: ${offending} found. ${acceptance ? acceptedBy(acceptance) : ''}`;
  });
  return gate(id, { passed: true, detail: [goodSentence(id, quality, looked), ...answered].join(' '), figures });
}

function goodSentence(id: 'references' | 'quality', quality: Quality, looked: readonly QualityFinding[]): string {
  if (id === 'quality') return `Quality ${quality.total ?? 0} of 100 by ${looked.length} rules.`;
  const checked = looked.reduce((sum, finding) => sum + finding.checked, 0);
  return checked === 0 ? 'No object refers to another that it needs.' : `${checked} objects refer to others.`;
}

function openSentence({ rule, offending, checked }: QualityFinding): string {
  const accept = rule.acceptable ? ' Or accept it with a reason.' : '';
  return `${rule.title}: ${offending} of ${checked} do not pass. ${rule.fix}${accept}`;
}

function kGate({ k: figures, limits, choices, accepted }: GateFindings): GateCheck {
  const { k, patients, belowBlock, belowWarn, uniques } = figures;
  const evidence = { ...figures, limits, choices };
  if (patients > 0 && k < limits.block) {
    const detail = `k is ${k}: ${belowBlock} of ${patients} patients look like fewer than ${limits.block} (${uniques} like nobody else). Show them more coarsely: see the privacy risk of the dataset.`;
    return gate('k', { passed: false, detail, figures: evidence });
  }
  if (k >= limits.warn) {
    return gate('k', {
      passed: true,
      detail: `k is ${k}: every patient looks like ${k - 1} others at least.`,
      figures: evidence,
    });
  }
  const acceptance = accepted.get('k');
  const low = `k is ${k}: ${belowWarn} of ${patients} patients look like fewer than ${limits.warn}.`;
  const detail = acceptance
    ? `${low} ${acceptedBy(acceptance)}`
    : `${low} Show them more coarsely, or acknowledge it with a reason before the release.`;
  return gate('k', { passed: true, warning: acceptance === undefined, detail, figures: evidence });
}

function faceGate({ members: { undecidedFaces, acceptedFaces } }: GateFindings): GateCheck {
  const accepted =
    acceptedFaces > 0
      ? `From ${acceptedFaces} series a face could be rebuilt; a named person accepted them with a reason.`
      : 'There is no volume from which a face could be rebuilt.';
  const detail =
    undecidedFaces > 0
      ? `From ${undecidedFaces} series of the head or neck a face could be rebuilt. Exclude them, or accept them with a reason.`
      : accepted;
  return gate('faces', { passed: undecidedFaces === 0, detail, figures: { undecidedFaces, acceptedFaces } });
}

function recordGate({ fields, recordObjections }: GateFindings): GateCheck {
  const missing = REQUIRED.filter((name) => fields[name].length === 0);
  const objections = [...(missing.length === 0 ? [] : [`Missing: ${missing.join(', ')}.`]), ...recordObjections];
  return gate('record', {
    passed: objections.length === 0,
    detail: objections.length === 0 ? 'Every required field is filled in.' : objections.join(' '),
    figures: { objections: objections.length },
  });
}

function acceptedBy({ by, reason }: { readonly by: string; readonly reason: string }): string {
  return `Accepted by ${by}: ${reason}`;
}

/** One sentence that names what did not pass. */
export function closedGateSentence(checks: readonly GateCheck[]): string {
  return checks
    .filter((check) => !check.passed)
    .map((check) => `${check.title}: not passed. ${check.detail}`)
    .join(' ');
}

/** The checks a dataset has to pass, each with its evidence in words and figures. */

import type { MembershipFindings } from './dataset-membership.ts';
import type { DatasetFields, GateCheck } from './dataset-record.ts';

/** Fields without which there can be no catalogue record (EUCAIM DCAT-AP, dataset, mandatory). */
const REQUIRED: readonly (keyof DatasetFields)[] = [
  'title',
  'description',
  'publisher',
  'contactEmail',
  'provenance',
  'accessUrl',
];

/** @param objections of the catalogue record, one sentence each */
export function runGateChecks(
  fields: DatasetFields,
  members: MembershipFindings,
  threshold: number,
  objections: readonly string[] = [],
): GateCheck[] {
  const missing = REQUIRED.filter((name) => fields[name].length === 0);
  return [
    {
      id: 'membership',
      title: 'The cohort has members',
      passed: members.series > 0 && members.instances > 0,
      detail: `${members.instances} objects in ${members.series} series of ${members.studies} studies.`,
    },
    {
      id: 'patients',
      title: 'Enough patients',
      passed: members.patients >= threshold,
      detail: `${members.patients} patients; at least ${threshold} are needed, because smaller groups are never disclosed.`,
    },
    {
      id: 'indexed',
      title: 'Every object is cleaned, scanned and indexed',
      passed: members.notIndexed === 0 && members.withoutContentHash === 0,
      detail:
        members.notIndexed + members.withoutContentHash === 0
          ? 'The ledger holds every object as indexed, which takes de-identification and the residual scan.'
          : `${members.notIndexed} objects are not held as indexed and ${members.withoutContentHash} have no content hash. Look at them in the quarantine, then check again.`,
    },
    {
      id: 'withdrawn',
      title: 'No member is withdrawn',
      passed: members.withdrawn === 0,
      detail:
        members.withdrawn === 0
          ? 'No object was withdrawn.'
          : `${members.withdrawn} objects were withdrawn. Narrow the cohort so that they are left out.`,
    },
    {
      id: 'profile',
      title: 'One de-identification profile',
      passed: members.profiles === 1 && members.withoutProfile === 0,
      detail:
        members.profiles === 1 && members.withoutProfile === 0
          ? 'Every object was cleaned with the same profile.'
          : `The objects were cleaned with ${members.profiles} profiles. Requeue the older ones so that one profile holds for all.`,
    },
    {
      id: 'faces',
      title: 'No face that nobody answers for',
      passed: members.undecidedFaces === 0,
      detail: facesSentence(members),
    },
    {
      id: 'record',
      title: 'The catalogue record is complete',
      passed: missing.length === 0 && objections.length === 0,
      detail:
        missing.length === 0 && objections.length === 0
          ? 'Every mandatory property is there and keeps to its rules.'
          : [...missing.map((name) => `Missing: ${name}.`), ...objections].join(' '),
    },
  ];
}

function facesSentence({ undecidedFaces, acceptedFaces }: MembershipFindings): string {
  if (undecidedFaces > 0) {
    return `From ${undecidedFaces} series of the head or neck a face could be rebuilt. Exclude them, or accept them with a reason.`;
  }
  return acceptedFaces > 0
    ? `From ${acceptedFaces} series a face could be rebuilt; a named person accepted them with a reason.`
    : 'There is no volume from which a face could be rebuilt.';
}

/** One sentence that names what did not pass. */
export function closedGateSentence(checks: readonly GateCheck[]): string {
  return checks
    .filter((check) => !check.passed)
    .map((check) => `${check.title}: not passed. ${check.detail}`)
    .join(' ');
}

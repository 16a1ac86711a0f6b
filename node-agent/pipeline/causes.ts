/** Every cause an object can be stopped for, in words for the person who has to decide. */
import { CAUSES as DEIDENTIFICATION_CAUSES } from '../deidentify/causes.ts';
import { exclusionRule, KEPT_BACK_KINDS } from '../deidentify/object-support.ts';

export interface CauseText {
  /** A few words, for lists. */
  readonly title: string;
  /** What happened and why. */
  readonly sentence: string;
  /** What to do. */
  readonly fix: string;
}

const TITLES: Readonly<Record<keyof typeof DEIDENTIFICATION_CAUSES, string>> = {
  unreadable: 'Not readable',
  'beyond-limits': 'Beyond the limits',
  'unknown-transfer-syntax': 'Unknown transfer syntax',
  'missing-patient-id': 'No Patient ID',
  'missing-uid': 'Missing UID',
  'uid-mismatch': 'UIDs disagree',
  'private-sop-class': 'Private object type',
  'unsupported-object': 'Object type not cleaned',
  'burned-in-text': 'Pixels may show text',
  'overlay-in-pixels': 'Overlay hidden in pixels',
  'text-in-pixel-stream': 'Text beside the pixels',
  'set-aside-by-profile': 'Kept back by the profile',
  'added-conformance-error': 'Would no longer conform',
  'residual-identifier': 'Identifier left after cleaning',
  'engine-error': 'Unexpected content',
};

/** Causes that arise around de-identification: at the door, in the workers, at the index. */
const PIPELINE_CAUSES: Readonly<Record<string, CauseText>> = {
  conflict: {
    title: 'Same UID, other content',
    sentence:
      'An object with this SOP Instance UID came before with other content; the first is kept, this one is set apart.',
    fix: 'Find out at the source which of the two is right. Exclude this one, or have it sent again with a UID of its own.',
  },
  'time-limit': {
    title: 'Took too long',
    sentence: 'The object was not finished within the time limit (pipeline.timeLimitSeconds).',
    fix: 'Requeue it at a quiet hour, or raise the limit for very large objects.',
  },
  'pseudonym-collision': {
    title: 'Pseudonym in use',
    sentence: 'Two patients of this site would have the same pseudonym, so nothing was written under it.',
    fix: 'Report this to the makers of Gatehouse; the object is kept.',
  },
  'missing-identifier': {
    title: 'Incomplete object',
    sentence: 'The object lacks a value the index needs: patient, study, series or instance.',
    fix: 'Have the object completed at the source and send it again.',
  },
  'unsafe-identifier': {
    title: 'Malformed UID',
    sentence: 'An identifier of the de-identified object is no pseudonym or no valid UID.',
    fix: 'Have the object repaired at the source and send it again.',
  },
  'patient-mismatch': {
    title: 'Study of two patients',
    sentence: 'The study is indexed under another patient already.',
    fix: 'One of the two carries a wrong Patient ID. Correct it at the source and send it again.',
  },
  'study-mismatch': {
    title: 'Series in two studies',
    sentence: 'The series is indexed under another study already.',
    fix: 'One of the two carries a wrong Study Instance UID. Correct it at the source and send it again.',
  },
  'not-in-list': {
    title: 'Not in the list',
    sentence:
      'The site gives study IDs itself (vault.pseudonyms=list), and the list of study IDs has none for the patient of this object.',
    fix: 'Add the patient to the list with "gatehouse vault list-import", then requeue these objects.',
  },
  'opted-out': {
    title: 'Patient opted out',
    sentence: 'The patient objected to the use of their data, so nothing of this object is kept.',
    fix: 'Nothing has to be done. Only "gatehouse vault opt-out-undo" lets objects of this patient in again.',
  },
  'duplicate-instance': {
    title: 'Instance indexed already',
    sentence: 'An object with the same UID is indexed already.',
    fix: 'Compare the two at the source and exclude the one that is not wanted.',
  },
};

/** Rules by which an object was left out by choice. */
const EXCLUSION_RULES: Readonly<Record<string, CauseText>> = Object.fromEntries(
  KEPT_BACK_KINDS.map((kind) => [
    exclusionRule(kind),
    {
      title: `Left out by choice: ${kind}`,
      sentence: `The setting deidentify.excludedKinds leaves out objects of the kind "${kind}".`,
      fix: 'Nothing has to be done. To look at such objects one by one, take the kind out of the setting.',
    },
  ]),
);

/** The words for a cause; one that is not known (from a newer version) says so. */
export function describeCause(cause: string): CauseText {
  if (Object.hasOwn(DEIDENTIFICATION_CAUSES, cause)) {
    const known = cause as keyof typeof DEIDENTIFICATION_CAUSES;
    return { title: TITLES[known], ...DEIDENTIFICATION_CAUSES[known] };
  }
  const words = { ...PIPELINE_CAUSES, ...EXCLUSION_RULES };
  const known = Object.hasOwn(words, cause) ? words[cause] : undefined;
  return (
    known ?? {
      title: cause,
      sentence: 'The object was stopped for a cause this version does not know.',
      fix: 'Update Gatehouse, or report the cause.',
    }
  );
}

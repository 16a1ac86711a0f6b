/** Subjects and sessions of a dataset: who is who, and in which order the studies of a patient come. */
import type { MemberPatient, MemberStudy } from '../members.ts';
import { subjectLabels } from './names.ts';

export interface Session {
  readonly patientId: string;
  readonly studyUid: string;
  /** `sub-…` */
  readonly subject: string;
  /** `ses-…`, the imaging timepoint where the clinical rows state one for each study of the patient, else the order of the dates. */
  readonly session: string;
  readonly studyDate: string | null;
  readonly ageYears: number | null;
}

/**
 * @param timepoints imaging timepoint by study UID, where one is known
 * @returns by study UID, in the order of patients and timepoints
 */
export function sessionsOf(
  patients: readonly MemberPatient[],
  studies: readonly MemberStudy[],
  timepoints: ReadonlyMap<string, string>,
): Map<string, Session> {
  const subjects = subjectLabels(patients.map(({ patientId }) => patientId));
  const sessions = new Map<string, Session>();
  for (const [patientId, own] of Map.groupBy(studies, (study) => study.patientId)) {
    const stated = own.map(({ studyUid }) => timepoints.get(studyUid) ?? '');
    // Studies of one patient come by date already; a timepoint that two of them have names neither.
    const usable = stated.every((timepoint) => /^\d+$/u.test(timepoint)) && new Set(stated).size === own.length;
    for (const [index, { studyUid, studyDate, ageYears }] of own.entries()) {
      const session = `ses-${usable ? stated[index] : index + 1}`;
      sessions.set(studyUid, {
        patientId,
        studyUid,
        subject: `sub-${subjects.get(patientId)}`,
        session,
        studyDate,
        ageYears,
      });
    }
  }
  return sessions;
}

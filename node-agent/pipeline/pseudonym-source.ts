/** What names the patients of one epoch, and moves their dates: the same for images and for clinical tables. */
import type { PseudonymSource } from '../deidentify/object-cleaning.ts';
import { LetheIdentifiers } from '../vault/lethe-identifiers.ts';
import type { PatientRegister } from '../vault/patient-register.ts';
import type { EngineChoices } from './shipped-engine.ts';

/**
 * @param epoch of the patients it will be asked for
 * @throws Error when the profile needs a secret that is not there; asked for a patient of whom the vault says something else
 */
export function pseudonymSourceOf(
  register: PatientRegister,
  epoch: number,
  { profile, letheSecret }: Pick<EngineChoices, 'profile' | 'letheSecret'>,
): PseudonymSource {
  const { pseudonymiser } = register.keyring.epoch(epoch);
  if (profile?.identifiers === 'lethe' && letheSecret === undefined)
    throw new Error('The profile names patients as Lethe does, and there is no secret for it.');
  if (letheSecret !== undefined) return new LetheIdentifiers(letheSecret, pseudonymiser);
  return {
    patientPseudonym: (patient) => {
      const standing = register.standingOf(patient);
      if (standing.kind === 'pseudonymised' && standing.epoch === epoch) return standing.pseudonym;
      // The patient objected this moment, or two readings of the object disagree: either way nothing is written.
      throw new Error('The vault does not say the same of this patient as before.');
    },
    patientName: (pseudonym) => pseudonymiser.patientName(pseudonym),
    dateShiftDays: (patient) => pseudonymiser.dateShiftDays(patient),
    uid: (original) => pseudonymiser.uid(original),
    fingerprint: (domain, value) => pseudonymiser.fingerprint(domain, value),
  };
}

/** A patient as a person names one: by Patient ID, with its issuer or whoever issued it. */
import type { Pseudonymiser } from './pseudonymiser.ts';

export interface PatientScope {
  readonly patientId: string;
  /** `undefined`: whoever issued the ID; an empty text: where no issuer is stated. */
  readonly issuer: string | undefined;
}

/**
 * A keyed fingerprint of the scope for one table. Not the keys of the identity table: what stands in one table must not
 * show which row of another one it belongs to.
 */
export function scopeKey(pseudonymiser: Pseudonymiser, table: string, { patientId, issuer }: PatientScope): string {
  return issuer === undefined
    ? pseudonymiser.fingerprint(`${table} of an ID`, pseudonymiser.patientIdKey(patientId))
    : pseudonymiser.fingerprint(table, pseudonymiser.patientKey({ patientId, issuer }));
}

/** The scopes in which the patient of an object is meant, the narrower one first. */
export function scopesOf(patient: {
  readonly patientId: string;
  readonly issuer?: string | undefined;
}): PatientScope[] {
  const { patientId, issuer = '' } = patient;
  return [
    { patientId, issuer },
    { patientId, issuer: undefined },
  ];
}

/** Which patient of the vault a clinical file means, and what the vault entry makes of name and dates. */
import { type DatePolicy, datePolicyOf } from '../../deidentify/date-policy.ts';
import type { ProfileFile } from '../../deidentify/profile/profile-file.ts';
import { Profile } from '../../deidentify/profile.ts';
import type { Identity } from '../../vault/identity-seal.ts';
import type { IdentityTable } from '../../vault/identity-table.ts';
import type { PatientRegister } from '../../vault/patient-register.ts';
import type { PatientKey } from '../../vault/pseudonymiser.ts';
import { pseudonymSourceOf } from '../pseudonym-source.ts';
import type { EngineChoices } from '../shipped-engine.ts';

export type Resolved =
  | {
      readonly kind: 'found';
      readonly pseudonym: string;
      /** As the identity table has it, or would get it: the issuer decides about the date shift. */
      readonly identity: Identity;
      /** Whether images of the patient came before, or another clinical file. */
      readonly known: boolean;
      readonly dates: DatePolicy;
    }
  | { readonly kind: 'objected' | 'not-listed' }
  /** Several patients have the ID, each from another issuer. */
  | { readonly kind: 'ambiguous'; readonly patients: number };

/** What the site chose about names and dates of its patients. */
export type ClinicalChoices = { readonly profile: ProfileFile } & Pick<EngineChoices, 'letheSecret'>;

export class ClinicalIdentity {
  readonly #identities: IdentityTable;
  readonly #register: PatientRegister;
  readonly #choices: ClinicalChoices;
  readonly #profile: Profile;

  /** @param choices the ones that the workers have, so that images and tables are treated alike */
  constructor(identities: IdentityTable, register: PatientRegister, choices: ClinicalChoices) {
    this.#identities = identities;
    this.#register = register;
    this.#choices = choices;
    this.#profile = new Profile(choices.profile);
  }

  resolve({ patientId, issuer }: PatientKey): Resolved {
    const asNamed: PatientKey = issuer === undefined ? { patientId } : { patientId, issuer };
    const found = issuer === undefined ? this.#withoutIssuer(patientId) : this.#identities.find(asNamed);
    if (Array.isArray(found)) return { kind: 'ambiguous', patients: found.length };
    const identity = (found && this.#identities.lookUp(found.pseudonym)) ?? asNamed;
    const standing = this.#register.standingOf(identity);
    if (standing.kind === 'opted-out') return { kind: 'objected' };
    if (standing.kind === 'not-listed') return { kind: 'not-listed' };
    const source = pseudonymSourceOf(this.#register, standing.epoch, this.#choices);
    return {
      kind: 'found',
      known: found !== undefined,
      identity,
      pseudonym: found?.pseudonym ?? source.patientPseudonym(identity),
      dates: datePolicyOf(this.#profile, source.dateShiftDays(identity)),
    };
  }

  /** A file seldom names the issuer: the one patient with this ID is meant, whoever issued it. */
  #withoutIssuer(patientId: string) {
    const all = this.#identities.findEveryIssuer(patientId);
    return all.length > 1 ? all : all[0];
  }
}

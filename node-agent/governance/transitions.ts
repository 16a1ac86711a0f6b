/** The life of a dataset as a table: draft → checked → released → published → withdrawn. */

export type DatasetState = 'draft' | 'checked' | 'released' | 'published' | 'withdrawn';
type Role = 'administrator' | 'officer' | 'viewer';

export interface Person {
  readonly name: string;
  readonly role: Role;
}

export interface Transition {
  readonly from: DatasetState;
  readonly to: DatasetState;
  /** Roles that may do it. */
  readonly roles: readonly Role[];
  /** Not by the person who drafted the dataset. */
  readonly secondPerson?: true;
  readonly needsReason?: true;
  /** The infinitive, for sentences. */
  readonly verb: string;
}

const STAFF = ['officer', 'administrator'] as const;

const TRANSITIONS: readonly Transition[] = [
  { from: 'draft', to: 'checked', roles: STAFF, verb: 'check' },
  { from: 'checked', to: 'draft', roles: STAFF, verb: 'take back' },
  { from: 'checked', to: 'released', roles: STAFF, secondPerson: true, verb: 'release' },
  { from: 'released', to: 'published', roles: STAFF, verb: 'publish' },
  { from: 'released', to: 'withdrawn', roles: STAFF, needsReason: true, verb: 'withdraw' },
  { from: 'published', to: 'withdrawn', roles: STAFF, needsReason: true, verb: 'withdraw' },
];

export function transitionsFrom(state: DatasetState): readonly Transition[] {
  return TRANSITIONS.filter((transition) => transition.from === state);
}

export function findTransition(from: DatasetState, to: DatasetState): Transition | undefined {
  return TRANSITIONS.find((transition) => transition.from === from && transition.to === to);
}

/** Why a person may not do a transition, as a sentence; null where nothing is against it. */
export function objection(transition: Transition, person: Person, draftedBy: string): string | null {
  if (!transition.roles.includes(person.role)) {
    return `To ${transition.verb} a dataset needs the role ${transition.roles.join(' or ')}. Ask an administrator.`;
  }
  if (transition.secondPerson && person.name === draftedBy) {
    return `You drafted this dataset; a second person has to ${transition.verb} it.`;
  }
  return null;
}

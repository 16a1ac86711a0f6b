import type { Answer } from '../client/call.ts';

type Counts = Answer<'getOverview'>['counts'];

const STATES = ['waiting', 'indexed', 'quarantined', 'excluded', 'rejected'] as const;

export interface Balance {
  readonly parts: readonly { readonly id: (typeof STATES)[number]; readonly count: number }[];
  readonly sum: number;
  /** Objects received that are in no state; 0 when the ledger adds up. */
  readonly difference: number;
}

/** The ledger's balance: received = waiting + indexed + quarantined + excluded + rejected. */
export function balanceOf(counts: Pick<Counts, 'received' | (typeof STATES)[number]>): Balance {
  const parts = STATES.map((id) => ({ id, count: counts[id] }));
  const sum = parts.reduce((total, part) => total + part.count, 0);
  return { parts, sum, difference: counts.received - sum };
}

/**
 * What de-identification did to an object, as the index remembers it: actions, codes and remarks without any value. The
 * objects of a series are treated alike, so that each treatment is kept once.
 */
export interface Treatment {
  readonly profile: string;
  readonly profileVersion: string;
  /** SHA-256 of the profile and of every table that decides with it. */
  readonly profileHash: string;
  /** Edition of PS3.15 Table E.1-1. */
  readonly edition: string;
  /** Codes of PS3.16 CID 7050 that the object claims. */
  readonly claimedCodes: readonly { readonly code: string; readonly meaning: string }[];
  /** Everything but what was kept, merged by place. */
  readonly actions: readonly TreatedAttribute[];
  readonly disagreements: readonly { readonly sentence: string }[];
  readonly overrides: readonly { readonly sentence: string }[];
}

export interface TreatedAttribute {
  /** Tags from the outside in, [*] for items: '(0008,1140)[*]/(0008,1155)'. */
  readonly path: string;
  readonly action: string;
  readonly rule: string;
  /** Elements of one object. */
  readonly count: number;
}

/** The treatment as it is kept: equal treatments are equal texts. */
export function treatmentText(treatment: Treatment): string {
  const { profile, profileVersion, profileHash, edition, claimedCodes, actions, disagreements, overrides } = treatment;
  const sentences = (remarks: Treatment['overrides']) => remarks.map(({ sentence }) => ({ sentence }));
  return JSON.stringify({
    ...{ profile, profileVersion, profileHash, edition },
    claimedCodes: claimedCodes.map(({ code, meaning }) => ({ code, meaning })),
    actions: actions.map(({ path, action, rule, count }) => ({ path, action, rule, count })),
    disagreements: sentences(disagreements),
    overrides: sentences(overrides),
  });
}

/** What a C-GET proposes to take, cut into associations. */
import { readFileSync } from 'node:fs';
import { storageSopClasses, transferSyntaxes } from '../../dicom/uids.ts';
import { isStorageClass } from '../receiver/association-policy.ts';
import type { Proposal } from './dimse-library.ts';

interface Table {
  /** The first two are uncompressed. */
  readonly transferSyntaxUids: readonly string[];
  readonly sopClassUids: readonly string[];
}

const TABLE = JSON.parse(readFileSync(new URL('./data/get-proposals.json', import.meta.url), 'utf8')) as Table;
/** Odd context ids below 256 (PS3.8 §9.3.2.2), one of them for the C-GET itself. */
const CONTEXTS = 127;
/** Each further association asks for the whole study again. */
const ASSOCIATIONS = 8;
const UNCOMPRESSED = 2;
const ALL_SYNTAXES: readonly string[] = [
  ...new Set([...TABLE.transferSyntaxUids, ...transferSyntaxes().map(({ uid }) => uid)]),
];

/**
 * For a whole study: a context of its own for each syntax, so that the PACS need not re-encode: with two in one context
 * it would have to send everything in the one it chose. The commonest first, so that the first association is nearly
 * always enough.
 * @param sopClassUids those the PACS reports for the study, private ones among them; empty where it reports none
 */
export function proposalBatches(sopClassUids: readonly string[]): Proposal[][] {
  const reported = sopClassUids.filter(isStorageClass);
  const others = storageSopClasses().filter((uid) => !TABLE.sopClassUids.includes(uid));
  const pairs =
    reported.length > 0
      ? pairsOf(reported, ALL_SYNTAXES)
      : [
          ...pairsOf(TABLE.sopClassUids, TABLE.transferSyntaxUids),
          ...pairsOf(others, TABLE.transferSyntaxUids.slice(0, UNCOMPRESSED)),
        ];
  const batches: Proposal[][] = [];
  for (let first = 0; first < pairs.length && batches.length < ASSOCIATIONS; first += CONTEXTS) {
    batches.push(pairs.slice(first, first + CONTEXTS));
  }
  return batches;
}

/**
 * For instances that did not come: one transfer syntax at a time, because some PACS send in the first context that
 * they accepted for a class, or not at all.
 * @param sopClassUids those the PACS reports for these instances; empty texts where it does not
 */
export function proposalsBySyntax(sopClassUids: readonly string[]): Proposal[][] {
  const reported = [...new Set(sopClassUids)].filter(isStorageClass);
  const classes = reported.length > 0 ? reported.slice(0, CONTEXTS) : TABLE.sopClassUids;
  return TABLE.transferSyntaxUids.map((uid) => pairsOf(classes, [uid]));
}

/** What shows how a PACS sends: one image class with every common transfer syntax. */
export function sampleProposals(): Proposal[] {
  return pairsOf(TABLE.sopClassUids.slice(0, 1), TABLE.transferSyntaxUids);
}

function pairsOf(classes: readonly string[], syntaxes: readonly string[]): Proposal[] {
  return syntaxes.flatMap((uid) =>
    classes.map((sopClassUid) => ({ sopClassUid, transferSyntaxUids: [uid], providerRole: true })),
  );
}

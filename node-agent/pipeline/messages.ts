/** What travels between the pipeline and its worker processes. */
import type { InstanceDescription } from '../catalogue/instance-description.ts';
import type { WordFindings } from '../deidentify/text/unknown-words.ts';
import type { HarmonisedValue } from '../harmonise/harmonised-value.ts';
import type { Identity } from '../vault/identity-table.ts';
import type { EngineChoices } from './shipped-engine.ts';

export interface WorkerSetUp extends EngineChoices {
  /** The site secret; workers derive pseudonyms from it. It travels over a pipe between node and worker, and nowhere else. */
  readonly siteSecret: Uint8Array;
}

export interface Task {
  readonly objectId: string;
  /** The spooled original. */
  readonly source: string;
  /** Where the de-identified object is to be written; must not exist. */
  readonly target: string;
}

export type Outcome =
  | {
      readonly kind: 'deidentified';
      readonly pseudonym: string;
      readonly identity: Identity;
      readonly description: InstanceDescription;
      readonly harmonised: readonly HarmonisedValue[];
      readonly profileHash: string;
      readonly mayShowFace: boolean;
      /** SHA-256 of the de-identified file, hex. */
      readonly contentHash: string;
      readonly bytes: number;
      /** For the vault; left out where there are none. */
      readonly words?: WordFindings | undefined;
    }
  | { readonly kind: 'quarantined'; readonly cause: string; readonly detail: string | undefined }
  | { readonly kind: 'excluded'; readonly rule: string; readonly detail: string | undefined }
  /** Nothing is wrong with the object: the node could not read or write. */
  | { readonly kind: 'failed'; readonly reason: string };

/** What travels between the pipeline and its worker processes. */
import type { InstanceDescription } from '../catalogue/instance-description.ts';
import type { WordFindings } from '../deidentify/text/unknown-words.ts';
import type { HarmonisedValue } from '../harmonise/harmonised-value.ts';
import type { SeriesEvidence } from '../harmonise/series/series-evidence.ts';
import type { ValueReading } from '../harmonise/values/normalised-value.ts';
import type { OriginalStudy } from '../vault/identified-studies.ts';
import type { Identity } from '../vault/identity-seal.ts';
import type { PatientKey } from '../vault/pseudonymiser.ts';
import type { VaultSetUp } from './patient-gate.ts';
import type { EngineChoices } from './shipped-engine.ts';

export interface WorkerSetUp extends EngineChoices {
  readonly vault: VaultSetUp;
  /** Folder of the tables that were imported at this node; left out where only those of the release count. */
  readonly vocabularies?: string | undefined;
}

export interface Task {
  readonly objectId: string;
  /** The spooled original. */
  readonly source: string;
  /** Where the de-identified object is to be written; must not exist. */
  readonly target: string;
  /** Paths under which the original was imported. */
  readonly fileNames: readonly string[];
}

/** The cause with which the ledger holds objects of patients who objected. */
export const OPTED_OUT = 'opted-out';

/** The cause of an object whose patient has no study ID yet, where the site gives them itself. */
export const NOT_IN_LIST = 'not-in-list';

export type Outcome =
  | {
      readonly kind: 'deidentified';
      readonly pseudonym: string;
      readonly identity: Identity;
      /** For the vault; left out where nothing is known of it. */
      readonly originalStudy?: OriginalStudy | undefined;
      readonly description: InstanceDescription;
      readonly harmonised: readonly HarmonisedValue[];
      /** For the classification and the geometry of its series. */
      readonly evidence: SeriesEvidence;
      readonly quantities?: ValueReading | undefined;
      readonly profileHash: string;
      readonly mayShowFace: boolean;
      /** What was done, see `treatmentText`. */
      readonly treatment: string;
      /** SHA-256 of the de-identified file, hex. */
      readonly contentHash: string;
      readonly bytes: number;
      /** For the vault; left out where there are none. */
      readonly words?: WordFindings | undefined;
    }
  | {
      readonly kind: 'quarantined';
      readonly cause: string;
      readonly detail: string | undefined;
      /** Whose object it is, where that could be read: the original may be kept only while the patient does not object. */
      readonly patient?: PatientKey | undefined;
    }
  | {
      readonly kind: 'excluded';
      readonly rule: string;
      readonly detail: string | undefined;
      readonly patient?: PatientKey | undefined;
    }
  /** The patient objected: nothing of the object is kept. */
  | { readonly kind: 'withdrawn'; readonly cause: typeof OPTED_OUT; readonly detail: undefined }
  /** Nothing is wrong with the object: the node could not read or write. */
  | { readonly kind: 'failed'; readonly reason: string };

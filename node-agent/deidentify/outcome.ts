/** What de-identifying one object comes to. */
import type { QuarantineCause } from './causes.ts';
import type { CodedOption } from './options.ts';
import type { ReportedAction } from './plan.ts';
import type { WordFindings } from './text/unknown-words.ts';

/** Who the original is about; belongs into the vault and nowhere else. */
export interface OriginalIdentity {
  readonly patientId: string;
  readonly issuer?: string;
  readonly name?: string;
  readonly birthDate?: string;
}

/** The study as the original states it; as private as the identity. */
export interface OriginalStudyFacts {
  readonly studyInstanceUid: string;
  readonly date?: string;
  readonly description?: string;
}

export interface ReportedRemark {
  readonly sentence: string;
  /** The elements it is about. */
  readonly count: number;
}

/** What was done, without any value of the original. */
export interface DeidentificationReport {
  readonly profile: string;
  readonly profileVersion: string;
  readonly profileHash: string;
  /** Edition of Table E.1-1. */
  readonly edition: string;
  /** Codes of CID 7050 that the object claims. */
  readonly claimedCodes: readonly CodedOption[];
  /** Everything but what was kept, merged by place. */
  readonly actions: readonly ReportedAction[];
  /** Elements by action, the kept ones included. */
  readonly counts: Readonly<Record<string, number>>;
  /** Where chosen options disagreed about attributes of this object; the stricter won. */
  readonly disagreements: readonly ReportedRemark[];
  /** Rules of the profile that let through more of this object than the basic profile does, with their reason. */
  readonly overrides: readonly ReportedRemark[];
  /** Tolerated oddities of the input. */
  readonly findings: readonly string[];
}

export interface Deidentified {
  readonly kind: 'deidentified';
  readonly patientPseudonym: string;
  readonly identity: OriginalIdentity;
  readonly originalStudy: OriginalStudyFacts;
  readonly sopClassUid: string;
  /** Links the output to the original: as private as the identity. */
  readonly originalSopInstanceUid: string;
  /** The UIDs of the output. */
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Whether the volume it belongs to may show a face; see `mayShowFace`. */
  readonly mayShowFace: boolean;
  /** Size of the written file. */
  readonly bytes: number;
  readonly report: DeidentificationReport;
  /** Belongs into the vault and nowhere else; left out where there are none. */
  readonly words?: WordFindings;
}

export interface Quarantined {
  readonly kind: 'quarantined';
  readonly cause: QuarantineCause;
  /** More about this object, without identifiers. */
  readonly detail: string;
}

/** Left out on purpose: a rule says that such objects are not wanted. */
export interface Excluded {
  readonly kind: 'excluded';
  readonly rule: string;
}

export type Deidentification = Deidentified | Quarantined | Excluded;

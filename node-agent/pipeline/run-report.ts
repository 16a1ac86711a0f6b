/**
 * What de-identifying a number of objects came to: the account that a data protection officer signs. It holds no value of
 * an original and no name of a file; objects are known by their place in the run and by their new UIDs.
 */
import { type TreatmentFigures, TreatmentTally } from '../catalogue/treatment/treatment-tally.ts';
import type { DeidentificationReport, Deidentified } from '../deidentify/outcome.ts';
import { describeCause } from './causes.ts';

/** One object of the run. */
export interface ReportedObject {
  /** Position in the sorted listing of the input; file names may be identifying. */
  readonly file: number;
  readonly outcome: 'deidentified' | 'quarantined' | 'excluded';
  /** Where the output stands, relative to its folder. */
  readonly output?: string;
  /** The same bytes stood there before. */
  readonly alreadyThere?: true;
  readonly profileHash?: string;
  readonly cause?: string;
  readonly detail?: string;
  /** Tolerated oddities of the input. */
  readonly findings?: readonly string[];
}

export interface CountedCause {
  readonly cause: string;
  readonly title: string;
  readonly sentence: string;
  readonly fix: string;
  readonly objects: number;
}

export interface RunReportDocument extends TreatmentFigures {
  readonly profile: { readonly id: string; readonly version: string; readonly hash: string };
  /** Edition of Table E.1-1 of PS3.15. */
  readonly edition: string;
  readonly objects: {
    readonly read: number;
    readonly deidentified: number;
    readonly quarantined: number;
    readonly excluded: number;
  };
  /** Every output was searched for the identifying values of its original; a hit keeps the object back. */
  readonly residualScan: { readonly searched: number; readonly keptBack: number };
  /** Every output was compared with its original; an error that was not there keeps the object back. */
  readonly conformance: { readonly compared: number; readonly keptBack: number };
  readonly causes: readonly CountedCause[];
  readonly perObject: readonly ReportedObject[];
}

type Head = Pick<DeidentificationReport, 'profile' | 'profileVersion' | 'profileHash' | 'edition'>;

export class RunReport {
  readonly #objects: ReportedObject[] = [];
  readonly #tally = new TreatmentTally();
  readonly #head: Head;

  /** @param head of the engine that does the work */
  constructor(head: Head) {
    this.#head = head;
  }

  get objects(): readonly ReportedObject[] {
    return this.#objects;
  }

  addDeidentified(file: number, { report }: Deidentified, output: string, alreadyThere: boolean): void {
    this.#objects.push({
      file,
      outcome: 'deidentified',
      output,
      ...(alreadyThere ? { alreadyThere: true } : {}),
      profileHash: report.profileHash,
      ...(report.findings.length > 0 ? { findings: report.findings } : {}),
    });
    this.#tally.add(report);
  }

  addStopped(file: number, outcome: 'quarantined' | 'excluded', cause: string, detail?: string): void {
    this.#objects.push({ file, outcome, cause, ...(detail === undefined ? {} : { detail }) });
  }

  toDocument(): RunReportDocument {
    const { profile, profileVersion, profileHash, edition } = this.#head;
    const count = (outcome: string) => this.#objects.filter((object) => object.outcome === outcome).length;
    const causes = this.#causes();
    const keptBack = (cause: string) => causes.find((entry) => entry.cause === cause)?.objects ?? 0;
    const deidentified = count('deidentified');
    const residual = keptBack('residual-identifier');
    const nonconforming = keptBack('added-conformance-error');
    return {
      profile: { id: profile, version: profileVersion, hash: profileHash },
      edition,
      objects: {
        read: this.#objects.length,
        deidentified,
        quarantined: count('quarantined'),
        excluded: count('excluded'),
      },
      residualScan: { searched: deidentified + residual, keptBack: residual },
      conformance: { compared: deidentified + residual + nonconforming, keptBack: nonconforming },
      causes,
      ...this.#tally.figures(),
      perObject: this.#objects,
    };
  }

  #causes(): CountedCause[] {
    const stopped = this.#objects.filter(({ outcome }) => outcome !== 'deidentified');
    return [...Map.groupBy(stopped, ({ cause = 'unknown' }) => cause)].map(([cause, group]) => ({
      cause,
      ...describeCause(cause),
      objects: group.length,
    }));
  }
}

/** What is written down about one association: its row in the association record, and the log. */
import { randomUUID } from 'node:crypto';
import type { Logger } from '../../operations/logger.ts';
import type { AssociationRecord } from '../../store/association-record.ts';
import type { AssociationRequest } from '../upper-layer/association-request.ts';

export interface JournalParts {
  readonly associations: AssociationRecord;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly remoteAddress: string;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

export interface AssociationFigures {
  readonly objects: number;
  readonly failures: number;
  readonly bytes: number;
}

const CONTEXTS_REFUSED =
  'Presentation contexts were refused: the node takes verification and storage classes only. ' +
  'If objects do not arrive, correct what the sender proposes.';

export class AssociationJournal {
  readonly associationId = randomUUID();
  readonly #parts: JournalParts;
  readonly #openedAt: number;
  #callingAeTitle: string | undefined;
  #recorded = false;
  #outcome: string | undefined;

  constructor(parts: JournalParts) {
    this.#parts = parts;
    this.#openedAt = parts.now();
  }

  /** Enters the request in the association record. @returns false when the record cannot be written */
  requested({ callingAeTitle, calledAeTitle }: AssociationRequest): boolean {
    this.#callingAeTitle = callingAeTitle;
    const { associations, remoteAddress } = this.#parts;
    try {
      associations.start({ associationId: this.associationId, callingAeTitle, calledAeTitle, remoteAddress });
      this.#recorded = true;
    } catch (error) {
      this.failed('An association could not be recorded', error);
    }
    return this.#recorded;
  }

  accepted(contextsProposed: number, contextsAccepted: number): void {
    const { logger } = this.#parts;
    logger.info('Association accepted', { ...this.#who(), contextsProposed, contextsAccepted });
    if (contextsAccepted < contextsProposed) logger.warn(CONTEXTS_REFUSED, { association: this.associationId });
  }

  /** How the association ends; the first word counts, later ones are its consequences. */
  conclude(outcome: string): void {
    this.#outcome ??= outcome;
  }

  /** An error inside the node. Its message is left out: it may hold anything. */
  failed(sentence: string, error: unknown): void {
    const kind = error instanceof Error ? error.name : typeof error;
    this.#parts.logger.error(sentence, { association: this.associationId, kind });
  }

  ended(figures: AssociationFigures): void {
    const { associations, logger, now } = this.#parts;
    const outcome = this.#outcome ?? 'closed';
    const seconds = Math.round(now() - this.#openedAt) / 1000;
    logger.info('Association ended', { ...this.#who(), outcome, ...figures, seconds });
    if (this.#recorded) associations.end(this.associationId, { outcome, ...figures });
  }

  #who(): Record<string, unknown> {
    const { remoteAddress } = this.#parts;
    return { association: this.associationId, callingAeTitle: this.#callingAeTitle, remoteAddress };
  }
}

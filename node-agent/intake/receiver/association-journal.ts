/** What is written down about one association: its row in the association record, and the log. */
import { randomUUID } from 'node:crypto';
import type { Logger } from '../../operations/logger.ts';
import { type AssociationRecord, type ContextSummary, encodeContexts } from '../../store/association-record.ts';
import type { Peer } from '../peers/peer.ts';
import type { AssociationRequest } from '../upper-layer/association-request.ts';
import type { ContextAnswer, Rejection } from '../upper-layer/protocol-data-unit.ts';
import type { TlsFacts } from './admission.ts';

export interface JournalParts {
  readonly associations: AssociationRecord;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly remoteAddress: string;
  readonly tls: TlsFacts | undefined;
  /** It was entered, or ended. */
  readonly onChanged: () => void;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

export interface AssociationFigures {
  readonly objects: number;
  readonly failures: number;
  readonly bytes: number;
}

/** What was decided about a request. */
export interface Decision {
  readonly peer: Peer | undefined;
  readonly rejection: Rejection | undefined;
  /** Empty when the association was rejected. */
  readonly answers: readonly ContextAnswer[];
}

const CONTEXTS_REFUSED =
  'Presentation contexts were refused: the node takes verification, storage and storage commitment classes only. ' +
  'If objects do not arrive, correct what the sender proposes.';
const SERVICES_REFUSED =
  'Presentation contexts were refused: this peer may not use their service. Allow the service for the peer if it should.';

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
  requested(request: AssociationRequest, { peer, rejection, answers }: Decision): boolean {
    const { callingAeTitle, calledAeTitle } = request;
    this.#callingAeTitle = callingAeTitle;
    const { associations, remoteAddress, tls, onChanged } = this.#parts;
    try {
      associations.start({
        associationId: this.associationId,
        callingAeTitle,
        calledAeTitle,
        remoteAddress,
        peerTag: peer?.tag ?? null,
        tlsProtocol: tls?.protocol ?? null,
        certificate: tls?.certificate?.fingerprint ?? null,
        rejection: rejection ? `${rejection.result}/${rejection.source}/${rejection.reason}` : null,
        contexts: encodeContexts(summaries(request, answers)),
      });
      this.#recorded = true;
      onChanged();
    } catch (error) {
      this.failed('An association could not be recorded', error);
    }
    return this.#recorded;
  }

  accepted(answers: readonly ContextAnswer[]): void {
    const { logger } = this.#parts;
    const contextsAccepted = answers.filter(({ result }) => result === 0).length;
    logger.info('Association accepted', { ...this.#who(), contextsProposed: answers.length, contextsAccepted });
    const association = this.associationId;
    if (answers.some(({ result }) => result === 1)) logger.warn(SERVICES_REFUSED, { association });
    if (answers.some(({ result }) => result > 1)) logger.warn(CONTEXTS_REFUSED, { association });
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
    const { associations, logger, now, onChanged } = this.#parts;
    const outcome = this.#outcome ?? 'closed';
    const milliseconds = Math.round(now() - this.#openedAt);
    logger.info('Association ended', { ...this.#who(), outcome, ...figures, seconds: milliseconds / 1000 });
    if (!this.#recorded) return;
    associations.end(this.associationId, { outcome, ...figures, milliseconds });
    onChanged();
  }

  #who(): Record<string, unknown> {
    const { remoteAddress } = this.#parts;
    return { association: this.associationId, callingAeTitle: this.#callingAeTitle, remoteAddress };
  }
}

function summaries(request: AssociationRequest, answers: readonly ContextAnswer[]): ContextSummary[] {
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  return request.contexts.map(({ id, abstractSyntaxUid, transferSyntaxUids }) => {
    const answer = byId.get(id);
    return {
      abstractSyntaxUid,
      offered: transferSyntaxUids,
      result: answer?.result ?? null,
      accepted: answer?.result === 0 ? answer.transferSyntaxUid : null,
    };
  });
}

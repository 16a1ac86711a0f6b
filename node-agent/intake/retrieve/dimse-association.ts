/**
 * One operation on one association, as a promise. The library has no limits of its own and dies of what is thrown
 * through it, so every handler is guarded, time and PDU length are limited, the command stream is cleared after
 * each command without a data set, and the socket is destroyed at the end.
 */
import { Socket } from 'node:net';
import { connectionFailure, DimseFailure, notOffered, rejection } from './dimse-failure.ts';
import {
  Client,
  type End,
  type Guard,
  type LibraryAssociation,
  type LibraryCommand,
  type LibraryNetwork,
  type LibraryRequest,
  type LibraryResponse,
  named,
  type Proposal,
} from './dimse-library.ts';
import { type IncomingDataSet, type ObjectTaker, storeResponse, takeObjects } from './object-transfer.ts';
import { pduLengthGuard } from './pdu-length-guard.ts';
import type { OperationLimits, RemoteNode } from './remote-node.ts';

/** A presentation context after negotiation. */
export interface ContextOutcome {
  readonly abstractSyntaxUid: string;
  /** Undefined where the PACS did not accept it. */
  readonly transferSyntaxUid: string | undefined;
}

export interface OperationParts {
  readonly node: RemoteNode;
  readonly request: LibraryRequest;
  readonly limits: OperationLimits;
  readonly onResponse?: (response: LibraryResponse) => void;
  /** Takes the objects of a C-GET. */
  readonly taker?: ObjectTaker | undefined;
  /** Contexts besides that of the request. */
  readonly proposals?: readonly Proposal[];
  readonly onNegotiated?: (contexts: readonly ContextOutcome[]) => void;
}

export interface OperationEnd {
  readonly status: number;
  /** From the request to the last answer. */
  readonly milliseconds: number;
}

const CANCEL_GRACE_MS = 5_000;
/** Pending, and pending with unsupported optional keys (PS3.4 table C.4-1). */
const PENDING: readonly number[] = [0xff00, 0xff01];
const CANCELLED = 0xfe00;

/** @throws DimseFailure where no final answer came; what the answer says is the caller's to judge */
export function operation(parts: OperationParts): Promise<OperationEnd> {
  const { node, request, limits, taker } = parts;
  return new Promise((resolve, reject) => {
    const client = new Client();
    const open = new Set<IncomingDataSet>();
    const timers: NodeJS.Timeout[] = [];
    let network: LibraryNetwork | undefined;
    let [status, sentAt, answeredAt] = [-1, 0, 0];
    let ended = false;
    const end: End = (failure) => {
      if (ended) return;
      ended = true;
      for (const timer of timers) clearTimeout(timer);
      limits.signal?.removeEventListener('abort', onAbort);
      network?.pending.splice(0);
      network?.socket.destroy();
      void Promise.allSettled([...open].map((dataSet) => dataSet.abandon())).then(() => {
        if (failure) reject(failure);
        else resolve({ status, milliseconds: answeredAt - sentAt });
      });
    };
    const guarded: Guard =
      (work) =>
      (...values) => {
        try {
          if (!ended) work(...values);
        } catch (error) {
          end(error instanceof DimseFailure ? error : connectionFailure(undefined));
        }
      };
    const cancelled = () => new DimseFailure('The transfer was cancelled.', true);
    const onAbort = guarded(() => {
      if (sentAt === 0) throw cancelled(); // nothing was asked yet
      client.cancel(request);
      timers.push(setTimeout(() => end(cancelled()), CANCEL_GRACE_MS));
    });
    request.on(
      'response',
      guarded((response: unknown) => {
        const answer = response as LibraryResponse;
        parts.onResponse?.(answer);
        if (PENDING.includes(answer.getStatus())) return;
        status = answer.getStatus();
        answeredAt = performance.now();
        if (status === CANCELLED) end(cancelled());
      }),
    );
    client.on('associationReleased', () => end(status < 0 ? connectionFailure(undefined) : undefined));
    client.on(
      'associationAccepted',
      guarded((association: unknown) => {
        sentAt = performance.now();
        clearTimeout(timers[0]);
        const contexts = outcomesOf(association as LibraryAssociation);
        parts.onNegotiated?.(contexts);
        const wanted = named(request).getAffectedSopClassUid();
        // The library would release the association without a word.
        if (!contexts.some(({ abstractSyntaxUid: uid, transferSyntaxUid }) => uid === wanted && transferSyntaxUid)) {
          throw notOffered();
        }
      }),
    );
    client.on(
      'associationRejected',
      guarded((answer: unknown) => {
        const { result, source, reason } = answer as { result: number; source: number; reason: number };
        end(rejection(result, source, reason));
      }),
    );
    // Answered and then cut off without a release: the answer stands.
    client.on('networkError', () => setImmediate(() => end(status >= 0 ? undefined : connectionFailure(undefined))));
    client.on('closed', () => end(status >= 0 ? undefined : connectionFailure(undefined)));
    const answerStore = guarded((stored: unknown, answer: (response: unknown) => void) =>
      answer(storeResponse(stored)),
    );
    // Two named parameters: the library answers for a listener that seems to take fewer, with nothing.
    client.on('cStoreRequest', (stored: unknown, answer: unknown) => answerStore(stored, answer as never));
    if (limits.signal?.aborted) return end(cancelled());
    timers.push(
      setTimeout(
        () => end(new DimseFailure('The PACS did not answer in time. It is tried again later.', true)),
        limits.connectMilliseconds,
      ),
    );
    guarded(() => {
      client.addRequest(request as never);
      client.send(node.host, node.port, node.callingAeTitle, node.aeTitle, {
        connectTimeout: limits.idleMilliseconds,
        associationTimeout: limits.idleMilliseconds,
        pduTimeout: limits.idleMilliseconds,
        ...securityOf(node),
      });
      network = (client as unknown as { network?: LibraryNetwork }).network;
      if (!(network?.socket instanceof Socket)) throw new Error('dcmjs-dimse keeps its socket elsewhere than before.');
      harden(network, end, guarded);
      propose(network, parts, guarded);
      if (node.certificateAuthorities) afterHandshake(network, node.fingerprints ?? [], guarded);
      if (taker) takeObjects(network, taker, open, end, guarded);
      limits.signal?.addEventListener('abort', onAbort, { once: true });
    })();
  });
}

function securityOf({ certificateAuthorities: ca, ownCertificate }: RemoteNode): object {
  if (!ca) return {};
  const own = ownCertificate && { cert: ownCertificate.certificate, key: ownCertificate.key };
  return { securityOptions: { ca, ...own, rejectUnauthorized: true, minVersion: 'TLSv1.2' } };
}

function harden(network: LibraryNetwork, end: End, guarded: Guard): void {
  const { socket } = network;
  socket.setNoDelay(true);
  const lengthsAllowed = pduLengthGuard();
  socket.prependListener('data', (bytes: Buffer) => {
    if (!lengthsAllowed(bytes)) end(new DimseFailure('The PACS sent a PDU of impossible length.', false));
  });
  socket.prependListener('error', (error: NodeJS.ErrnoException) => end(connectionFailure(error.code)));
  network.on('abort', () => end(new DimseFailure('The PACS aborted the association. It is tried again later.', true)));
  network.on('associationReleaseRequested', () => end(connectionFailure(undefined)));
  const perform = network._performDimse.bind(network);
  network._performDimse = guarded((context: unknown, command: LibraryCommand) => {
    // Else the next command is appended to this one, and all are read again each time.
    if (!command.hasDataset()) network.dimseStream = undefined;
    perform(context, command);
  });
}

function propose(network: LibraryNetwork, { proposals = [], taker }: OperationParts, guarded: Guard): void {
  const request = network.sendAssociationRequest.bind(network);
  network.sendAssociationRequest = guarded((association: LibraryAssociation) => {
    for (const { sopClassUid, transferSyntaxUids, providerRole } of [...proposals, ...(taker?.contexts ?? [])]) {
      const id = association.addPresentationContext(sopClassUid);
      for (const uid of transferSyntaxUids) association.addTransferSyntaxToPresentationContext(id, uid);
      if (providerRole) association.getPresentationContext(id).setProviderRole(true);
    }
    request(association);
  });
}

/** The library asks for the association when TCP stands; who answers is known after the handshake only. */
function afterHandshake(network: LibraryNetwork, fingerprints: readonly string[], guarded: Guard): void {
  const request = network.sendAssociationRequest.bind(network);
  const socket = network.socket as unknown as {
    once(event: 'secureConnect', listener: () => void): void;
    getPeerCertificate(): { fingerprint256?: string };
  };
  network.sendAssociationRequest = (association) =>
    socket.once(
      'secureConnect',
      guarded(() => {
        const shown = (socket.getPeerCertificate().fingerprint256 ?? '').replaceAll(':', '').toLowerCase();
        if (fingerprints.length > 0 && !fingerprints.includes(shown)) {
          throw new DimseFailure(
            'The PACS shows another TLS certificate than the one pinned. If it was renewed, enter the new fingerprint.',
            false,
          );
        }
        request(association);
      }),
    );
}

function outcomesOf(association: LibraryAssociation): ContextOutcome[] {
  return association.getPresentationContexts().map(({ context }) => ({
    abstractSyntaxUid: context.getAbstractSyntaxUid(),
    transferSyntaxUid: context.getResult() === 0 ? context.getAcceptedTransferSyntaxUid() : undefined,
  }));
}

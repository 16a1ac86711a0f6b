/** Who is let in: the peer a caller is, or the reason to reject it (PS3.8 §9.3.4, table 9-21). */
import type { Knocks } from '../peers/knocks.ts';
import type { Peer } from '../peers/peer.ts';
import type { PeerDirectory } from '../peers/peer-directory.ts';
import type { ReceiverPause } from '../peers/receiver-pause.ts';
import type { AssociationRequest } from '../upper-layer/association-request.ts';
import type { Rejection } from '../upper-layer/protocol-data-unit.ts';
import { malformation } from './association-policy.ts';

export type ClientCertificates = 'none' | 'optional' | 'required';

/** What is known of a TLS connection; undefined stands for a plain one. */
export interface TlsFacts {
  /** `TLSv1.3` or `TLSv1.2`. */
  readonly protocol: string;
  readonly certificate: ClientCertificate | undefined;
}

export interface ClientCertificate {
  /** SHA-256, 64 hexadecimal digits. */
  readonly fingerprint: string;
  /** An authority of dicom.tls.caFile vouches for it. */
  readonly trusted: boolean;
  /** Today lies within its validity. */
  readonly current: boolean;
}

export interface Connection {
  readonly remoteAddress: string;
  readonly tls: TlsFacts | undefined;
}

/** What the receiver can say at this moment about its own room. */
export interface Capacity {
  readonly associationsFull: boolean;
  readonly diskNearlyFull: boolean;
}

export interface AdmissionParts {
  readonly aeTitle: string;
  readonly directory: PeerDirectory;
  readonly knocks: Pick<Knocks, 'note'>;
  readonly pause: Pick<ReceiverPause, 'current'>;
  readonly clientCertificates: ClientCertificates;
  /** Whether dicom.tls.caFile names authorities for client certificates. */
  readonly hasAuthorities: boolean;
  readonly capacity: () => Capacity;
  readonly openAssociationsOf: (peerId: string) => number;
  readonly onKnocked: () => void;
}

export type Verdict =
  | { readonly peer: Peer; readonly rejection?: never }
  /** The peer is undefined when nobody was recognised. */
  | { readonly rejection: Rejection; readonly peer?: Peer | undefined };

const PERMANENT = 1;
const TRANSIENT = 2;

const UNKNOWN =
  'calling AE title not recognised. No peer has this AE title and address: if it may send, allow it on the Receiver page.';
const SWITCHED_OFF = 'calling AE title not recognised. This peer is switched off: switch it on on the Receiver page.';
const TLS_REQUIRED = 'this peer must use TLS. Point it at the TLS port (dicom.tlsPort), or stop requiring TLS for it.';
const CERTIFICATE_MISSING =
  'no client certificate was shown. Give the sender a certificate, or set dicom.tls.clientCertificates to optional.';
const CERTIFICATE_NOT_TRUSTED =
  'the client certificate is not trusted. Pin its fingerprint at the peer, or add its authority to dicom.tls.caFile.';
const CERTIFICATE_NOT_PINNED =
  'calling AE title not recognised. The client certificate is not one of those pinned for this peer: add its fingerprint if it was renewed.';
const CERTIFICATE_NOT_CURRENT = 'the client certificate has expired or is not valid yet. Renew it at the sender.';
const TOO_MANY =
  'too many associations are open. The sender tries again; if this repeats, raise dicom.maximumAssociations.';
const TOO_MANY_OF_PEER =
  'this peer has as many associations open as it may have. The sender tries again; if this repeats, raise its limit.';
const DISK_NEARLY_FULL = 'the disk is nearly full. Free space on the disk of the data folder; the sender tries again.';

export class Admission {
  readonly #parts: AdmissionParts;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** Something to wait for before `judge`, where a host name of a peer has yet to be looked up. */
  prepare(): Promise<void> | undefined {
    return this.#parts.directory.prepare();
  }

  judge(request: AssociationRequest, connection: Connection): Verdict {
    const malformed = malformation(request);
    if (malformed) return { rejection: malformed };
    const { aeTitle, directory } = this.#parts;
    const recognition = directory.recognise({ ...connection, ...request });
    if (recognition.kind === 'unknown') {
      this.#knocked(request, connection);
      return { rejection: callerRejection(3, UNKNOWN) };
    }
    const { peer } = recognition;
    if (recognition.kind === 'wrong title') {
      const wanted = peer.calledAeTitle ?? aeTitle;
      const sentence = `called AE title not recognised. This node is ${wanted}: correct it at the sender, or set dicom.aeTitle.`;
      return { peer, rejection: callerRejection(7, sentence) };
    }
    const rejection =
      (peer.enabled ? undefined : callerRejection(3, SWITCHED_OFF)) ??
      this.#securityRejection(peer, connection.tls) ??
      this.#transientRejection(peer);
    return rejection ? { peer, rejection } : { peer };
  }

  #knocked(request: AssociationRequest, { remoteAddress }: Connection): void {
    const { callingAeTitle, calledAeTitle } = request;
    this.#parts.knocks.note({ callingAeTitle, calledAeTitle, remoteAddress });
    this.#parts.onKnocked();
  }

  #securityRejection({ tlsRequired, fingerprints }: Peer, tls: TlsFacts | undefined): Rejection | undefined {
    if (!tls) return tlsRequired ? callerRejection(1, TLS_REQUIRED) : undefined;
    const { certificate } = tls;
    const pinned = certificate !== undefined && fingerprints.includes(certificate.fingerprint);
    if (fingerprints.length > 0 && !pinned) {
      return certificate ? callerRejection(3, CERTIFICATE_NOT_PINNED) : callerRejection(1, CERTIFICATE_MISSING);
    }
    const { clientCertificates, hasAuthorities } = this.#parts;
    if (!certificate) return clientCertificates === 'required' ? callerRejection(1, CERTIFICATE_MISSING) : undefined;
    // Without authorities nothing can be said of a certificate that nobody pinned; it counts as none.
    const mattering = clientCertificates === 'required' || hasAuthorities;
    if (!pinned && !certificate.trusted) return mattering ? callerRejection(1, CERTIFICATE_NOT_TRUSTED) : undefined;
    return certificate.current ? undefined : callerRejection(1, CERTIFICATE_NOT_CURRENT);
  }

  #transientRejection({ peerId, maximumAssociations }: Peer): Rejection | undefined {
    const { pause, capacity, openAssociationsOf } = this.#parts;
    const paused = pause.current;
    if (paused) return presentationRejection(1, `the receiver is paused by ${paused.by}. The sender tries again.`);
    const { associationsFull, diskNearlyFull } = capacity();
    if (associationsFull) return presentationRejection(2, TOO_MANY);
    if (maximumAssociations !== null && openAssociationsOf(peerId) >= maximumAssociations) {
      return presentationRejection(2, TOO_MANY_OF_PEER);
    }
    return diskNearlyFull ? presentationRejection(1, DISK_NEARLY_FULL) : undefined;
  }
}

/** Rejected for good by the service user: 1 no reason given · 3 calling AE title · 7 called AE title not recognised. */
function callerRejection(reason: 1 | 3 | 7, sentence: string): Rejection {
  return { result: PERMANENT, source: 1, reason, sentence };
}

/** Rejected for now by the presentation provider: 1 temporary congestion · 2 local limit exceeded. */
function presentationRejection(reason: 1 | 2, sentence: string): Rejection {
  return { result: TRANSIENT, source: 3, reason, sentence };
}

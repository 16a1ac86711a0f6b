/** A connection to where a peer listens itself: over TLS where the peer must use it, else plain. */
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely, type TLSSocket } from 'node:tls';
import type { Peer } from '../peers/peer.ts';
import { AssociationFailure } from '../upper-layer/requestor.ts';
import { readTlsCredentials, TlsCredentialsError, type TlsFiles } from './tls-credentials.ts';
import { factsOf, TLS_PROFILE } from './tls-door.ts';

export interface ConnectOptions {
  /** Certificate, key and authorities of this node; undefined while the TLS port is closed. */
  readonly tls: TlsFiles | undefined;
  readonly milliseconds: number;
  readonly signal: AbortSignal;
}

export type PeerPlace = Pick<Peer, 'dicomHost' | 'dicomPort' | 'tlsRequired' | 'fingerprints'>;

const NO_PLACE =
  'It is not known where this peer listens for reports of storage commitment. Enter its host and port on the Receiver page.';
const NO_CERTIFICATE =
  'This peer must use TLS, and the node has no certificate. Set dicom.tlsPort and the certificate, or stop requiring TLS for the peer.';
const NOT_TRUSTED =
  'The TLS certificate of the peer is not trusted or has expired. Renew it, pin its fingerprint at the peer, or add its authority to dicom.tls.caFile.';

/** @throws AssociationFailure with what to do */
export async function connectToPeer(peer: PeerPlace, { tls, ...limits }: ConnectOptions): Promise<Socket> {
  const { dicomHost: host, dicomPort: port } = peer;
  if (host === null || port === null) throw new AssociationFailure(NO_PLACE);
  if (!peer.tlsRequired) return connected(connect({ host, port, noDelay: true }), 'connect', limits);
  if (!tls) throw new AssociationFailure(NO_CERTIFICATE);
  const socket = connectSecurely({
    ...credentials(tls),
    ...TLS_PROFILE,
    host,
    port,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    // Judged below, so that a pinned certificate needs no authority.
    rejectUnauthorized: false,
  });
  await connected(socket, 'secureConnect', limits);
  if (isTrusted(socket, peer.fingerprints, tls.caFile !== '')) return socket;
  socket.destroy();
  throw new AssociationFailure(NOT_TRUSTED);
}

function credentials(files: TlsFiles) {
  try {
    return readTlsCredentials(files).options;
  } catch (error) {
    throw new AssociationFailure(error instanceof TlsCredentialsError ? error.message : NO_CERTIFICATE);
  }
}

/** As for what the peer sends: pinned certificates decide alone, without authorities nobody vouches, and none is taken after its time. */
function isTrusted(socket: TLSSocket, fingerprints: readonly string[], hasAuthorities: boolean): boolean {
  const { certificate } = factsOf(socket, hasAuthorities);
  if (!certificate?.current) return false;
  return fingerprints.length > 0 ? fingerprints.includes(certificate.fingerprint) : certificate.trusted;
}

async function connected<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  { milliseconds, signal }: Omit<ConnectOptions, 'tls'>,
): Promise<S> {
  const cut = () => void socket.destroy();
  const timer = setTimeout(cut, milliseconds);
  signal.addEventListener('abort', cut);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once(event, resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('closed')));
    });
    return socket;
  } catch (error) {
    socket.destroy();
    const code = (error as NodeJS.ErrnoException).code;
    throw new AssociationFailure(
      `The peer cannot be reached where it listens for reports of storage commitment${code ? ` (${code})` : ''}. Check host and port of the peer, and that it runs.`,
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cut);
  }
}

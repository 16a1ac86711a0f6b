/** Looks at the way to a PACS step by step, and stops at the first that does not work. */
import { connect, isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from '../../dicom/uids.ts';
import { type Archive, type OwnCertificateFiles, remoteNode } from './archives.ts';
import type { ContextOutcome } from './dimse-association.ts';
import { FIND, find, GET_STUDY_ROOT, MOVE_STUDY_ROOT, negotiation, QUERY_RETRIEVE_CLASSES } from './dimse-client.ts';
import { connectionFailure, DimseFailure } from './dimse-failure.ts';
import { sampleProposals } from './get-proposals.ts';
import type { OperationLimits, RemoteNode } from './remote-node.ts';

export interface DoctorStep {
  readonly step: 'network' | 'certificate' | 'association' | 'services' | 'query' | 'clock';
  readonly outcome: 'ok' | 'failed' | 'unknown';
  /** What was found, and what to do where it failed. */
  readonly sentence: string;
}

/** A service or class that was proposed, and the transfer syntaxes the PACS accepted it with. */
export interface OfferedService {
  readonly sopClassUid: string;
  /** Empty where it was not accepted. */
  readonly transferSyntaxUids: readonly string[];
}

export interface DoctorReport {
  readonly steps: readonly DoctorStep[];
  /** Empty where no association came about. */
  readonly services: readonly OfferedService[];
  /** C-ECHO, from the request to the answer; null where it was not answered. */
  readonly latencyMilliseconds: number | null;
  /** ISO 8601; null without TLS, or where none was shown. */
  readonly certificateEnds: string | null;
}

const NO_STUDY = '2.25.1';
const DAY_MS = 24 * 3600 * 1000;
const UNCOMPRESSED = [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN];
const CLOCK_UNKNOWN = 'Unknown: no DICOM query tells the clock of a PACS. Compare it by hand where study times matter.';

/** @param own shown to a PACS that asks for a client certificate */
export async function examine(
  archive: Archive,
  limits: OperationLimits,
  own?: OwnCertificateFiles,
): Promise<DoctorReport> {
  const steps: DoctorStep[] = [];
  let services: OfferedService[] = [];
  let latencyMilliseconds: number | null = null;
  let certificateEnds: string | null = null;
  const look = async (step: DoctorStep['step'], work: () => Promise<string>): Promise<boolean> => {
    try {
      steps.push({ step, outcome: 'ok', sentence: await work() });
      return true;
    } catch (error) {
      const { message } = error instanceof DimseFailure ? error : connectionFailure((error as { code?: string }).code);
      steps.push({ step, outcome: 'failed', sentence: message });
      return false;
    }
  };
  const node = () => remoteNode(archive, own);
  const associate = async () => {
    const queries = QUERY_RETRIEVE_CLASSES.map((sopClassUid) => ({ sopClassUid, transferSyntaxUids: UNCOMPRESSED }));
    const proposals = archive.way === 'get' ? [...queries, ...sampleProposals()] : queries;
    const { contexts, milliseconds } = await negotiation(node(), proposals, limits);
    services = servicesOf(contexts);
    latencyMilliseconds = Math.round(milliseconds);
    return `Both AE titles are accepted; C-ECHO answered in ${latencyMilliseconds} ms.`;
  };
  const certificate = async () => {
    const shown = await certificateOf(node(), limits);
    certificateEnds = shown.ends.toISOString();
    return shown.sentence;
  };
  const query = async () => {
    await find(node(), 'STUDY', { StudyInstanceUID: NO_STUDY }, limits);
    return 'C-FIND of the Study Root model is answered.';
  };
  const complete =
    (await look('network', async () => `Reached in ${await reach(archive, limits)} ms.`)) &&
    (archive.certificateAuthorities === null || (await look('certificate', certificate))) &&
    (await look('association', associate)) &&
    (await look('services', async () => servicesSentence(archive, services)));
  if (complete && (await look('query', query))) {
    steps.push({ step: 'clock', outcome: 'unknown', sentence: CLOCK_UNKNOWN });
  }
  return { steps, services, latencyMilliseconds, certificateEnds };
}

function servicesOf(contexts: readonly ContextOutcome[]): OfferedService[] {
  const services = new Map<string, string[]>();
  for (const { abstractSyntaxUid, transferSyntaxUid } of contexts) {
    const accepted = services.get(abstractSyntaxUid) ?? [];
    services.set(abstractSyntaxUid, accepted);
    if (transferSyntaxUid !== undefined && !accepted.includes(transferSyntaxUid)) accepted.push(transferSyntaxUid);
  }
  return [...services].map(([sopClassUid, transferSyntaxUids]) => ({ sopClassUid, transferSyntaxUids }));
}

function servicesSentence({ way }: Archive, services: readonly OfferedService[]): string {
  const offered = (uid: string) => services.some((one) => one.sopClassUid === uid && one.transferSyntaxUids.length > 0);
  if (!offered(FIND['study-root'])) {
    throw new DimseFailure(
      'The PACS does not offer C-FIND of the Study Root model to this node. Allow it there.',
      false,
    );
  }
  const [move, get] = [offered(MOVE_STUDY_ROOT), offered(GET_STUDY_ROOT)];
  const wanted = `C-${way.toUpperCase()}`;
  if (way === 'move' ? move : get) {
    return `${wanted} is offered${move && get ? `, and C-${way === 'move' ? 'GET' : 'MOVE'} as well` : ''}.`;
  }
  const other = move
    ? 'C-MOVE is: choose it.'
    : get
      ? 'C-GET is: choose it.'
      : 'Nor is the other way: allow one there.';
  throw new DimseFailure(`The PACS does not offer ${wanted} to this node. ${other}`, false);
}

function reach({ host, port }: Archive, { connectMilliseconds }: OperationLimits): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const socket = connect({ host, port, timeout: connectMilliseconds });
    const end = (settle: () => void) => {
      socket.destroy();
      settle();
    };
    socket.once('connect', () => end(() => resolve(Math.round(performance.now() - began))));
    socket.once('error', (error) => end(() => reject(error)));
    socket.once('timeout', () =>
      end(() => reject(new DimseFailure('The host does not answer. Check the firewall.', true))),
    );
  });
}

function certificateOf(
  { host, port, certificateAuthorities, ownCertificate, fingerprints = [] }: RemoteNode,
  limits: OperationLimits,
): Promise<{ ends: Date; sentence: string }> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connectTls(
      {
        host,
        port,
        timeout: limits.connectMilliseconds,
        ...(certificateAuthorities && { ca: certificateAuthorities }),
        ...(ownCertificate && { cert: ownCertificate.certificate, key: ownCertificate.key }),
        ...(!isIP(host) && { servername: host }),
      },
      () => {
        const { subject, valid_to: until, fingerprint256 } = socket.getPeerCertificate();
        const protocol = socket.getProtocol() ?? 'TLS';
        socket.destroy();
        const ends = new Date(until);
        const days = Math.floor((ends.getTime() - Date.now()) / DAY_MS);
        const name = String(subject?.CN ?? 'a subject without name');
        if (fingerprints.length > 0 && !fingerprints.includes(fingerprint256.replaceAll(':', '').toLowerCase())) {
          reject(new DimseFailure('The certificate is not the one that is pinned. Enter its new fingerprint.', false));
        }
        resolve({
          ends,
          sentence: `The certificate of ${name} is accepted over ${protocol}; it ends on ${ends.toISOString().slice(0, 10)}, in ${days} days.`,
        });
      },
    );
    socket.once('error', (error) => {
      socket.destroy();
      reject(error);
    });
    socket.once('timeout', () => {
      socket.destroy();
      reject(new DimseFailure('TLS was not answered. The port may be one without TLS.', false));
    });
  });
}

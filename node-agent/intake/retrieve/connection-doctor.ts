/** Looks at the way to a PACS step by step, and stops at the first that does not work. */
import { connect, isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { type Archive, remoteNode } from './archives.ts';
import { echo, find, type OperationLimits, type RemoteNode } from './dimse-client.ts';
import { connectionFailure, DimseFailure } from './dimse-failure.ts';

export interface DoctorStep {
  readonly step: 'network' | 'certificate' | 'association' | 'query' | 'clock';
  readonly outcome: 'ok' | 'failed' | 'unknown';
  /** What was found, and what to do where it failed. */
  readonly sentence: string;
}

const NO_STUDY = '2.25.1';

export async function examine(archive: Archive, limits: OperationLimits): Promise<DoctorStep[]> {
  const steps: DoctorStep[] = [];
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
  const reachable = await look('network', async () => `Reached in ${await reach(archive, limits)} ms.`);
  if (!reachable) return steps;
  if (archive.certificateAuthorities !== null) {
    if (!(await look('certificate', () => certificateOf(remoteNode(archive), limits)))) return steps;
  }
  const associated = await look('association', async () => {
    const milliseconds = await echo(remoteNode(archive), limits);
    return `Both AE titles are accepted; C-ECHO answered in ${Math.round(milliseconds)} ms.`;
  });
  if (!associated) return steps;
  await look('query', async () => {
    await find(remoteNode(archive), 'STUDY', { StudyInstanceUID: NO_STUDY }, limits);
    return 'C-FIND of the Study Root model is answered.';
  });
  steps.push({ step: 'clock', outcome: 'unknown', sentence: 'DICOM does not tell the clock of a PACS.' });
  return steps;
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

function certificateOf({ host, port, certificateAuthorities }: RemoteNode, limits: OperationLimits): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connectTls(
      {
        host,
        port,
        timeout: limits.connectMilliseconds,
        ...(certificateAuthorities && { ca: certificateAuthorities }),
        ...(!isIP(host) && { servername: host }),
      },
      () => {
        const { subject, valid_to: until } = socket.getPeerCertificate();
        socket.destroy();
        resolve(`The certificate of ${String(subject?.CN ?? 'a subject without name')} is accepted; it ends ${until}.`);
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

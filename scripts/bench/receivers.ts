/** The three receivers of the bench, each started as its users start it, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../test/support/free-port.ts';
import { PEER_ENVIRONMENT, peer } from '../../test/support/peers.ts';
import { startAgent } from '../../test/support/running-agent.ts';

export interface RunningReceiver {
  readonly processId: number;
  readonly port: number;
  stop(): Promise<void>;
}

export interface Receiver {
  readonly name: string;
  readonly aeTitle: string;
  /** @param folder an empty folder for whatever it keeps */
  start(folder: string): Promise<RunningReceiver>;
}

/** The node with its whole duty of reception; the pipeline waits until the senders are gone. */
const gatehouse: Receiver = {
  name: 'Gatehouse',
  aeTitle: 'GATEHOUSE',
  start: async (folder) => {
    const agent = await startAgent(folder, ['pipeline.processing=when-quiet', 'log.level=warn']);
    return {
      processId: agent.process.pid ?? 0,
      port: agent.dicomPort,
      stop: async () => {
        await agent.kill(); // the objects received are not to be de-identified, only counted
      },
    };
  },
};

/** DCMTK writes to the page cache and acknowledges; a process for each association. */
const storescp: Receiver = {
  name: 'storescp',
  aeTitle: 'STORESCP',
  start: async (folder) => {
    mkdirSync(folder, { recursive: true });
    const port = await freePort();
    const program = peer('storescp');
    if (!program) throw new Error('storescp is missing. Install the Debian package dcmtk.');
    const server = spawn(program, ['--fork', '-aet', 'STORESCP', '-od', folder, String(port)], {
      stdio: 'ignore',
      env: PEER_ENVIRONMENT,
    });
    return started(server, port);
  },
};

/** Orthanc with its defaults: SQLite index, MD5, files flushed. */
const orthanc: Receiver = {
  name: 'Orthanc',
  aeTitle: 'ORTHANC',
  start: async (folder) => {
    mkdirSync(folder, { recursive: true });
    const [port, http] = [await freePort(), await freePort()];
    const program = peer('Orthanc');
    if (!program) throw new Error('Orthanc is missing. Install the Debian package orthanc.');
    const configuration = join(folder, 'orthanc.json');
    writeFileSync(
      configuration,
      JSON.stringify({
        Name: 'Bench',
        StorageDirectory: join(folder, 'storage'),
        IndexDirectory: join(folder, 'storage'),
        DicomAet: 'ORTHANC',
        DicomPort: port,
        HttpPort: http,
        DicomAlwaysAllowStore: true,
        RemoteAccessAllowed: false,
      }),
    );
    const server = spawn(program, [configuration], { stdio: 'ignore', env: PEER_ENVIRONMENT });
    return started(server, port);
  },
};

export const RECEIVERS: readonly Receiver[] = [storescp, gatehouse, orthanc];

async function started(server: ChildProcess, port: number): Promise<RunningReceiver> {
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  return {
    processId: server.pid ?? 0,
    port,
    stop: async () => {
      server.kill('SIGKILL');
      await ended;
    },
  };
}

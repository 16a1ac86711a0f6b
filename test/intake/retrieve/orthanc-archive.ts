/** Orthanc as a PACS that holds studies, knows this node as a move destination or not, and can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatePhantoms } from '../../phantom/generate.ts';
import { freePort } from '../../support/free-port.ts';

export interface OrthancArchive {
  readonly port: number;
  readonly studyUids: readonly string[];
  readonly instances: number;
  /** Puts one more file into it. */
  upload(file: string): Promise<void>;
  kill(): Promise<void>;
}

/** @param modality what Orthanc knows this node as: AE title and port */
export async function startOrthanc(
  program: string,
  folder: string,
  modality: readonly [string, number],
): Promise<OrthancArchive> {
  const [http, port] = [await freePort(), await freePort()];
  const configuration = join(folder, 'orthanc.json');
  const storage = join(folder, 'orthanc');
  writeFileSync(
    configuration,
    JSON.stringify({
      StorageDirectory: storage,
      IndexDirectory: storage,
      HttpPort: http,
      RemoteAccessAllowed: false,
      AuthenticationEnabled: false,
      DicomPort: port,
      DicomAet: 'ORTHANC',
      DicomModalities: { gatehouse: [modality[0], '127.0.0.1', modality[1]] },
      DicomAlwaysAllowFind: true,
      DicomAlwaysAllowGet: true,
      DicomAlwaysAllowMove: true,
      UnknownSopClassAccepted: true,
      Plugins: [],
    }),
  );
  const server: ChildProcess = spawn(program, [configuration], { stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${http}`;
  while (
    !(await fetch(`${url}/system`).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await new Promise((resolve) => setTimeout(resolve, 100));
  await generatePhantoms(join(folder, 'pacs'), { seed: 33, count: 2, types: ['lung', 'breast'] });
  const upload = async (file: string) => {
    const body = new Uint8Array(readFileSync(file));
    await fetch(`${url}/instances`, { method: 'POST', body });
  };
  let instances = 0;
  for (const name of readdirSync(join(folder, 'pacs'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.dcm')) continue;
    await upload(join(folder, 'pacs', name));
    instances += 1;
  }
  const studies = (await (await fetch(`${url}/studies?expand`)).json()) as {
    MainDicomTags: { StudyInstanceUID: string };
  }[];
  return {
    port,
    instances,
    upload,
    studyUids: studies.map(({ MainDicomTags }) => MainDicomTags.StudyInstanceUID),
    kill: async () => {
      server.kill('SIGKILL');
      await gone;
    },
  };
}

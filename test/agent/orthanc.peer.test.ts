/** Orthanc as the PACS: echoes, sends studies, sends them again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatePhantoms } from '../phantom/generate.ts';
import { freePort } from '../support/free-port.ts';
import { peer } from '../support/peers.ts';
import { type RunningAgent, runCommand, startAgent } from '../support/running-agent.ts';
import { scratchFolder } from './phantom-folder.ts';

const orthanc = peer('Orthanc');

describe.skipIf(!orthanc)('Orthanc as the PACS', () => {
  const scratch = scratchFolder();
  let agent: RunningAgent;
  let server: ChildProcess;
  let url: string;
  let instances: string[];

  beforeAll(async () => {
    agent = await startAgent(join(scratch, 'data'));
    const [http, dicom] = [await freePort(), await freePort()];
    url = `http://127.0.0.1:${http}`;
    const configuration = join(scratch, 'orthanc.json');
    writeFileSync(configuration, JSON.stringify(settings(http, dicom, agent.dicomPort, join(scratch, 'orthanc'))));
    server = spawn(orthanc ?? '', [configuration], { stdio: 'ignore' });
    while (!(await answers(`${url}/system`))) await new Promise((resolve) => setTimeout(resolve, 200));
    await generatePhantoms(join(scratch, 'pacs'), { seed: 21, count: 3, types: ['lung', 'breast', 'glioma'] });
    instances = await upload(url, join(scratch, 'pacs'));
  }, 90_000);

  afterAll(async () => {
    server?.kill('SIGTERM');
    await agent?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('is answered when it echoes', async () => {
    expect((await post(`${url}/modalities/gatehouse/echo`, '{}')).status).toBe(200);
  });

  it('sees every object it sends acknowledged, and the node accounts for each once, also when it sends again', async () => {
    expect(instances.length).toBeGreaterThan(20);
    for (let round = 0; round < 2; round += 1) {
      const answer = await post(
        `${url}/modalities/gatehouse/store`,
        JSON.stringify({ Resources: instances, Synchronous: true }),
      );
      expect(await answer.json()).toMatchObject({ InstancesCount: instances.length, FailedInstancesCount: 0 });
    }
    const { stdout } = await runCommand(['status', '--json', '--data-dir', join(scratch, 'data')]);
    expect(JSON.parse(stdout)).toMatchObject({ received: instances.length, rejected: 0 });
  }, 90_000);
});

function settings(http: number, dicom: number, gatehouse: number, storage: string) {
  return {
    Name: 'PACS of the test',
    StorageDirectory: storage,
    IndexDirectory: storage,
    HttpPort: http,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomPort: dicom,
    DicomAet: 'ORTHANC',
    DicomModalities: { gatehouse: ['GATEHOUSE', '127.0.0.1', gatehouse] },
    Plugins: [],
  };
}

async function upload(url: string, folder: string): Promise<string[]> {
  const ids: string[] = [];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!name.endsWith('.dcm')) continue;
    const answer = await post(`${url}/instances`, readFileSync(join(folder, name)));
    ids.push(((await answer.json()) as { ID: string }).ID);
  }
  return ids;
}

function post(address: string, body: string | Buffer): Promise<Response> {
  return fetch(address, { method: 'POST', body: typeof body === 'string' ? body : new Uint8Array(body) });
}

async function answers(address: string): Promise<boolean> {
  return fetch(address).then(
    ({ ok }) => ok,
    () => false,
  );
}

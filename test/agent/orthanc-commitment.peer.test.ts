/** Orthanc sends studies and asks this node for storage commitment, as a PACS does before it forgets. */
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

interface CommitmentAnswer {
  readonly Status: 'Pending' | 'Success' | 'Failure';
  readonly Success: { readonly SOPInstanceUID: string }[];
  readonly Failures: { readonly SOPInstanceUID: string; readonly FailureReason: number }[];
}

describe.skipIf(!orthanc)('Orthanc asks for storage commitment', () => {
  const scratch = scratchFolder();
  const data = join(scratch, 'data');
  let agent: RunningAgent;
  let server: ChildProcess;
  let url: string;
  let dicomPort: number;
  let instances: string[];

  beforeAll(async () => {
    dicomPort = await freePort();
    await (await startAgent(data)).stop();
    const place = ['--ae', 'ORTHANC', '--dicom-host', '127.0.0.1', '--dicom-port', String(dicomPort)];
    const added = await runCommand(['peer', 'add', 'PACS', '--address', '127.0.0.1', ...place, '--data-dir', data]);
    expect(added.code, added.stderr).toBe(0);
    const gatehouse = await freePort();
    agent = await startAgent(data, [`dicom.port=${gatehouse}`]);
    ({ server, url } = await startOrthanc(orthanc ?? '', scratch, dicomPort, gatehouse));
    await generatePhantoms(join(scratch, 'pacs'), { seed: 22, count: 2, types: ['lung', 'breast'] });
    instances = await upload(url, join(scratch, 'pacs'));
  }, 120_000);

  afterAll(async () => {
    server?.kill('SIGTERM');
    await agent?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('with what it sent, and is told that all of it is held', async () => {
    const body = { Resources: instances, Synchronous: true, StorageCommitment: true };
    const sent = (await post(`${url}/modalities/gatehouse/store`, body)) as { StorageCommitmentTransactionUID: string };
    const report = await answerTo(sent.StorageCommitmentTransactionUID);
    expect(report.Failures).toEqual([]);
    expect(report.Status).toBe('Success');
    expect(report.Success).toHaveLength(instances.length);
    expect(instances.length).toBeGreaterThan(15);
  }, 60_000);

  it('with what it sent long ago and what it never sent, and is told which is which', async () => {
    const uids = await Promise.all(instances.map(sopUids));
    const unknown: [string, string] = ['1.2.840.10008.5.1.4.1.1.2', '1.2.3.4.5.6.7'];
    const conflicting: [string, string] = ['1.2.840.10008.5.1.4.1.1.20', uids[0]?.[1] ?? ''];
    const settled = async () => JSON.parse((await runCommand(['status', '--json', '--data-dir', data])).stdout);
    while ((await settled()).waiting > 0) await new Promise((resolve) => setTimeout(resolve, 300));
    const asked = (await post(`${url}/modalities/gatehouse/storage-commitment`, {
      DicomInstances: [...uids.slice(1), unknown, conflicting],
    })) as { ID: string };
    const report = await answerTo(asked.ID);
    expect(report.Status).toBe('Failure');
    expect(report.Success).toHaveLength(instances.length - 1);
    const failures = report.Failures.map(({ SOPInstanceUID, FailureReason }) => [SOPInstanceUID, FailureReason]);
    expect(failures.sort()).toEqual(
      [
        [unknown[1], 0x0112],
        [conflicting[1], 0x0119],
      ].sort(),
    );
  }, 90_000);

  async function answerTo(transaction: string): Promise<CommitmentAnswer> {
    const id = encodeURIComponent(transaction);
    for (const ends = performance.now() + 30_000; performance.now() < ends; ) {
      const answer = (await (await fetch(`${url}/storage-commitment/${id}`)).json()) as CommitmentAnswer;
      if (answer.Status !== 'Pending') return answer;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`No report came. The node says:\n${agent.log()}`);
  }

  async function sopUids(id: string): Promise<[string, string]> {
    const tags = await (await fetch(`${url}/instances/${id}/simplified-tags`)).json();
    const { SOPClassUID, SOPInstanceUID } = tags as { SOPClassUID: string; SOPInstanceUID: string };
    return [SOPClassUID, SOPInstanceUID];
  }
});

async function startOrthanc(program: string, scratch: string, dicomPort: number, gatehouse: number) {
  const http = await freePort();
  const configuration = join(scratch, 'orthanc.json');
  const storage = join(scratch, 'orthanc');
  writeFileSync(
    configuration,
    JSON.stringify({
      StorageDirectory: storage,
      IndexDirectory: storage,
      HttpPort: http,
      RemoteAccessAllowed: false,
      AuthenticationEnabled: false,
      DicomPort: dicomPort,
      DicomAet: 'ORTHANC',
      DicomModalities: {
        gatehouse: { AET: 'GATEHOUSE', Host: '127.0.0.1', Port: gatehouse, AllowStorageCommitment: true },
      },
      Plugins: [],
    }),
  );
  const server = spawn(program, [configuration], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${http}`;
  while (!(await isThere(`${url}/system`))) await new Promise((resolve) => setTimeout(resolve, 200));
  return { server, url };
}

async function upload(url: string, folder: string): Promise<string[]> {
  const ids: string[] = [];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!name.endsWith('.dcm')) continue;
    const body = new Uint8Array(readFileSync(join(folder, name)));
    const answer = (await (await fetch(`${url}/instances`, { method: 'POST', body })).json()) as { ID: string };
    ids.push(answer.ID);
  }
  return ids;
}

async function post(address: string, body: unknown): Promise<unknown> {
  const answer = await fetch(address, { method: 'POST', body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
  return answer.json();
}

function isThere(address: string): Promise<boolean> {
  return fetch(address).then(
    ({ ok }) => ok,
    () => false,
  );
}

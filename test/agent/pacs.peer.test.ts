/** A PACS that is asked for studies: by DCMTK with this node as the destination, and by this node itself. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OrthancArchive, startOrthanc } from '../intake/retrieve/orthanc-archive.ts';
import { PEER_ENVIRONMENT, peer } from '../support/peers.ts';
import { type RunningAgent, runCommand, startAgent } from '../support/running-agent.ts';
import { scratchFolder } from './phantom-folder.ts';

const orthanc = peer('Orthanc');
const findscu = peer('findscu');
const movescu = peer('movescu');

describe.skipIf(!orthanc || !findscu || !movescu)('studies of a PACS', () => {
  const scratch = scratchFolder();
  const dataFolder = join(scratch, 'data');
  let agent: RunningAgent;
  let archive: OrthancArchive;

  beforeAll(async () => {
    agent = await startAgent(dataFolder);
    archive = await startOrthanc(orthanc ?? '', scratch, ['GATEHOUSE', agent.dicomPort]);
  }, 90_000);

  afterAll(async () => {
    await archive?.kill();
    await agent?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  const dcmtk = (program: string, ...words: string[]) =>
    execFileSync(program, ['-aec', 'ORTHANC', ...words, '127.0.0.1', String(archive.port)], {
      env: PEER_ENVIRONMENT,
      encoding: 'utf8',
      stdio: 'pipe',
    });

  const counts = async () => {
    const { stdout } = await runCommand(['status', '--json', '--data-dir', dataFolder]);
    return JSON.parse(stdout) as { received: number; waiting: number; rejected: number };
  };

  it('arrive when DCMTK finds one and has it moved here', async () => {
    const [study = ''] = archive.studyUids;
    const keys = ['-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', `StudyInstanceUID=${study}`];
    expect(dcmtk(findscu ?? '', ...keys, '-k', 'NumberOfStudyRelatedInstances', '-v')).toBeDefined();
    dcmtk(movescu ?? '', ...keys, '-aem', 'GATEHOUSE');
    const { received, rejected } = await counts();
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThan(archive.instances);
    expect(rejected).toBe(0);
  }, 60_000);

  it('are counted before anything moves, and fetched by the running node when that is confirmed', async () => {
    const at = ['--data-dir', dataFolder];
    const before = await counts();
    expect(await runCommand(['pacs', 'add', 'main', `ORTHANC@127.0.0.1:${archive.port}`, ...at])).toMatchObject({
      code: 0,
    });
    expect(await runCommand(['pacs', 'doctor', 'main', ...at])).toMatchObject({ code: 0 });
    const list = join(scratch, 'list.csv');
    writeFileSync(list, `study uid\n${archive.studyUids.join('\n')}\n`);
    const preview = await runCommand(['retrieve', list, '--from', 'main', ...at]);
    expect(preview).toMatchObject({ code: 0, stderr: '' });
    expect(preview.stdout).toMatch(new RegExp(`^${archive.studyUids.length} studies match`, 'u'));
    expect(await counts()).toMatchObject({ received: before.received });
    expect(await runCommand(['retrieve', list, '--from', 'main', '--confirm', ...at])).toMatchObject({ code: 0 });
    await expect
      .poll(counts, { timeout: 60_000, interval: 300 })
      .toMatchObject({ received: archive.instances, rejected: 0 });
    for (const study of archive.studyUids) expect(agent.log()).not.toContain(study);
  }, 90_000);

  it('are not taken from a list with a bad line, which is named', async () => {
    const list = join(scratch, 'bad.csv');
    writeFileSync(list, `study uid\n${archive.studyUids[0]}\nnot a UID\n`);
    const { code, stderr } = await runCommand([
      'retrieve',
      list,
      '--from',
      'main',
      '--confirm',
      '--data-dir',
      dataFolder,
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Line 3: /u);
    expect(stderr).toMatch(/Nothing was taken from the list/u);
  });
});

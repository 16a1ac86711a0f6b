/** Who may send, as the command line and the HTTP API change it on a node that runs, and after a restart. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { associateRequest, RawPeer } from '../intake/receiver/raw-peer.ts';
import { makeCertificate } from '../support/certificates.ts';
import { ConsoleClient } from '../support/console-client.ts';
import { peer } from '../support/peers.ts';
import { type RunningAgent, runCommand, startAgent } from '../support/running-agent.ts';

vi.setConfig({ testTimeout: 90_000 });

const PASSWORD = 'a long enough password';
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-peers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function gatehouse(...words: string[]) {
  return runCommand([...words, '--data-dir', join(folder, 'data')]);
}

async function ask({ dicomPort }: RunningAgent, calling: string, from: string): Promise<string> {
  const sender = await RawPeer.connect(dicomPort, from);
  sender.send(associateRequest({ calling }));
  const unit = await sender.unit();
  sender.socket.end();
  return unit?.type === 2 ? 'accepted' : [...(unit?.body.subarray(1) ?? [])].join('/');
}

describe('peers and the pause', () => {
  it('are changed by the command line on a running node, and a pause outlives a restart', async () => {
    let agent = await startAgent(join(folder, 'data'));
    expect((await gatehouse('peer', 'remove', 'this computer')).code).toBe(0);
    expect(await ask(agent, 'MR2', '127.0.0.2')).toBe('1/1/3');
    const knocked = JSON.parse((await gatehouse('peer', 'list', '--json')).stdout);
    expect(knocked).toMatchObject({ peers: [], knocks: [{ callingAeTitle: 'MR2', address: '127.0.0.2' }] });
    expect((await gatehouse('peer', 'allow', 'MR2', '127.0.0.2', '--name', 'MR suite 2')).stdout).toContain(
      'MR suite 2',
    );
    expect(await ask(agent, 'MR2', '127.0.0.2')).toBe('accepted');
    const added = await gatehouse('peer', 'add', 'CTs', '--address', '127.0.0.8/30', '--service', 'storage');
    expect(added).toMatchObject({ code: 0, stdout: 'Added CTs: any AE title at 127.0.0.8/30, only storage.\n' });
    expect(await ask(agent, 'CT9', '127.0.0.11')).toBe('accepted');
    expect((await gatehouse('receiver', 'pause')).code).toBe(0);
    expect(await ask(agent, 'MR2', '127.0.0.2')).toBe('2/3/1');
    await agent.stop();
    agent = await startAgent(join(folder, 'data'));
    expect(await ask(agent, 'MR2', '127.0.0.2')).toBe('2/3/1');
    expect((await gatehouse('receiver', 'resume')).code).toBe(0);
    expect(await ask(agent, 'MR2', '127.0.0.2')).toBe('accepted');

    for (const [words, said] of [
      [['peer', 'add', 'X'], '--address is needed'],
      [['peer', 'add', 'X', '--address', '1.2.3.4', '--service', 'find'], '--service is one of'],
      [['peer', 'add', 'X', '--address', '1.2.3.4', '--dicom-port', 'many'], 'whole number'],
    ] as const) {
      const { code, stderr } = await gatehouse(...words);
      expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
    }
    expect(await gatehouse('peer', 'remove', 'X')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no peer named'),
    });

    await throughTheApi(agent);
    await agent.stop();
  });
});

describe.skipIf(!peer('openssl'))('the TLS port of a node', () => {
  it('is announced with the others when the node is ready', async () => {
    const { certificateFile, keyFile } = makeCertificate(folder, 'node');
    const files = [`dicom.tls.certificateFile=${certificateFile}`, `dicom.tls.keyFile=${keyFile}`];
    const agent = await startAgent(join(folder, 'tls'), ['dicom.tlsPort=0', ...files]);
    const ready = JSON.parse(agent.output().split('\n')[0] ?? '');
    expect(ready).toEqual({
      ready: true,
      dicomPort: agent.dicomPort,
      dicomTlsPort: expect.any(Number),
      httpUrl: agent.httpUrl,
    });
    const socket = connect({ host: '127.0.0.1', port: ready.dicomTlsPort, rejectUnauthorized: false });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    socket.destroy();
    await agent.stop();
  });
});

/** The same through the HTTP API, with the name of who did it in the audit log. */
async function throughTheApi(agent: RunningAgent): Promise<void> {
  const anna = new ConsoleClient(agent.httpUrl);
  await anna.call('setUp', { body: { name: 'anna', password: PASSWORD } });
  const body = { tag: 'US', address: '127.0.0.20', callingAeTitle: 'US1' };
  const added = await anna.call('addPeer', { body });
  expect(await ask(agent, 'US1', '127.0.0.20')).toBe('accepted');
  await expect(anna.call('addPeer', { body })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('already'),
  });
  await anna.call('changePeer', { params: { id: added.peerId }, body: { ...body, enabled: false } });
  expect(await ask(agent, 'US1', '127.0.0.20')).toBe('1/1/3');
  expect((await anna.call('pauseReceiver')).paused?.by).toBe('anna');
  const { health, receiver } = await anna.call('getOverview');
  expect(receiver.refusing).toContain('paused by anna');
  expect(health.find(({ id }) => id === 'receiver')).toMatchObject({ level: 'warning' });
  expect((await anna.call('resumeReceiver')).paused).toBeNull();
  await anna.call('removePeer', { params: { id: added.peerId } });
  const { total, rows } = await anna.call('listAssociations', { query: { limit: 1, offset: 0 } });
  expect(total).toBeGreaterThan(5);
  const detail = await anna.call('getAssociation', { params: { id: rows[0]?.id ?? '' } });
  expect(detail.contexts.map(({ abstractSyntax, answer }) => `${abstractSyntax}: ${answer}`)).toEqual([
    'CT Image Storage: not looked at: the association was rejected',
    'Verification SOP Class: not looked at: the association was rejected',
  ]);
  const actions = (await anna.call('listAudit', { query: { limit: 20, offset: 0 } })).rows
    .filter(({ actor }) => actor === 'anna')
    .map(({ action }) => action);
  expect(actions).toEqual(
    expect.arrayContaining(['peer.added', 'peer.changed', 'peer.removed', 'receiver.paused', 'receiver.resumed']),
  );
}

/** What goes wrong around a node: a clear sentence, the right exit code or status, and nothing lost. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SITE_APP, startStandInHub } from '../hub/stand-in-hub.ts';
import { ConsoleClient } from '../support/console-client.ts';
import { sendFolder } from '../support/pacs-simulator.ts';
import { PEER_ENVIRONMENT, peer } from '../support/peers.ts';
import { type RunningAgent, runCommand, startAgent } from '../support/running-agent.ts';
import { disagreements, ledgerRows, pseudonymiserOf } from './data-folder-evidence.ts';
import { listeningServer } from './listening-server.ts';
import { type PhantomFolder, phantomFolder, scratchFolder } from './phantom-folder.ts';

vi.setConfig({ testTimeout: 90_000 });

const PASSWORD = 'a long enough password';
const OUT_OF_RESOURCES = '0xa700';
const NO_RESERVE = 'store.reserveMegabytes=0';
const findscu = peer('findscu');
const SMALL_DISK_MEGABYTES = 32;
/** Space left on the small disk when the sending starts; the objects need several times as much. */
const LEFT_BYTES = 700_000;
const WITHIN_MS = 20_000;

let root: string;
let phantoms: PhantomFolder;

beforeAll(async () => {
  root = scratchFolder();
  phantoms = await phantomFolder(root, { seed: 5, count: 6 });
}, 60_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

async function until<T>(look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> {
  const end = performance.now() + WITHIN_MS;
  for (;;) {
    const seen = await look();
    if (holds(seen) || performance.now() > end) return seen;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function send(agent: RunningAgent, files = phantoms.objects.map(({ path }) => path)) {
  const { dicomPort: port } = agent;
  return sendFolder({ host: '127.0.0.1', port, calledAeTitle: 'GATEHOUSE', callingAeTitle: 'PACS', files });
}

async function settledRows(dataFolder: string) {
  return until(
    async () => ledgerRows(dataFolder),
    (rows) => rows.every(({ state }) => state !== 'received' && state !== 'processing'),
  );
}

describe('A sender that is set up wrongly', () => {
  it('is rejected when it calls another AE title; API and log say what to correct', async () => {
    const dataFolder = join(root, 'wrong-title');
    await runCommand(['user', 'add', 'anna', '--data-dir', dataFolder], `${PASSWORD}\n`);
    const agent = await startAgent(dataFolder);
    try {
      const { dicomPort: port } = agent;
      const to = { host: '127.0.0.1', port, calledAeTitle: 'GATEHAUS', callingAeTitle: 'PACS' };
      const { sent, failed } = await sendFolder({ ...to, files: phantoms.objects.map(({ path }) => path) });
      expect(sent).toBe(0);
      expect(new Set(failed.map(({ status }) => status))).toEqual(new Set(['The receiver rejected the association.']));
      const client = await new ConsoleClient(agent.httpUrl).signIn('anna', PASSWORD);
      const { associations, counts } = await client.call('getOverview');
      expect(counts.received).toBe(0);
      const advice = /^rejected: called AE title not recognised\. This node is GATEHOUSE: correct it at the sender/u;
      expect(associations[0]).toMatchObject({ calledAeTitle: 'GATEHAUS', outcome: expect.stringMatching(advice) });
      expect(agent.log()).toMatch(/called AE title not recognised\. This node is GATEHOUSE/u);
    } finally {
      expect(await agent.stop()).toBe(0);
    }
  });

  it.skipIf(findscu === undefined)('is told that a service is not offered here, and the log says what is', async () => {
    const agent = await startAgent(join(root, 'wrong-service'));
    try {
      const words = ['-aec', 'GATEHOUSE', '-P', '-k', '0008,0052=PATIENT', '127.0.0.1', `${agent.dicomPort}`];
      const { status, stdout, stderr } = spawnSync(findscu ?? '', words, { encoding: 'utf8', env: PEER_ENVIRONMENT });
      expect(status).not.toBe(0);
      expect(stdout + stderr).toMatch(/No Acceptable Presentation Contexts/iu);
      const warned = await until(
        async () => agent.log(),
        (log) => log.includes('Presentation contexts were refused'),
      );
      expect(warned).toMatch(
        /takes verification, storage and storage commitment classes only\. If objects do not arrive, correct/u,
      );
    } finally {
      expect(await agent.stop()).toBe(0);
    }
  });
});

describe('A hub that fails', () => {
  /** A node beside a hub, its console, and what both say of the hub once `holds`. */
  async function withHub(name: string, url: string, holds: (sentence: string) => boolean) {
    const dataFolder = join(root, name);
    const keyFile = join(root, `${name}.key`);
    writeFileSync(keyFile, 'site-key\n', { mode: 0o600 });
    await runCommand(['user', 'add', 'anna', '--data-dir', dataFolder], `${PASSWORD}\n`);
    const settings = [
      `hub.beam.url=${url}`,
      `hub.beam.appId=${SITE_APP}`,
      `hub.beam.apiKeyFile=${keyFile}`,
      NO_RESERVE,
    ];
    const agent = await startAgent(dataFolder, settings);
    try {
      const client = await new ConsoleClient(agent.httpUrl).signIn('anna', PASSWORD);
      const hub = await until(
        () => client.call('getHub'),
        ({ sentence }) => holds(sentence),
      );
      const { health } = await client.call('getOverview');
      expect((await send(agent)).failed).toEqual([]);
      const rows = await settledRows(dataFolder);
      expect(rows).toHaveLength(phantoms.objects.length);
      expect(rows.filter(({ state }) => state === 'indexed').length).toBeGreaterThan(0);
      return { hub, health: health.find(({ id }) => id === 'hub'), log: agent.log() };
    } finally {
      expect(await agent.stop()).toBe(0);
    }
  }

  it('because nothing listens there is told with what to do, while the node goes on', async () => {
    const { server, port } = await listeningServer();
    await new Promise((resolve) => server.close(resolve));
    const refused = /Nothing listens at 127\.0\.0\.1/u;
    const { hub, health, log } = await withHub('hub-away', `http://127.0.0.1:${port}`, (text) => refused.test(text));
    expect(hub).toMatchObject({ configured: true, state: 'failing' });
    expect(hub.sentence).toMatch(refused);
    expect(hub.action).toMatch(/Beam proxy is running/u);
    expect(health).toMatchObject({ level: 'warning', sentence: hub.sentence, action: hub.action });
    expect(log).toMatch(refused);
  });

  it('by answering nonsense is told with what to do, while the node goes on', async () => {
    const { server, port } = await listeningServer();
    const nonsense = /is not the Beam application API/u;
    try {
      const { hub, health } = await withHub('hub-nonsense', `http://127.0.0.1:${port}`, (text) => nonsense.test(text));
      expect(hub.state).toBe('failing');
      expect(hub.sentence).toMatch(nonsense);
      expect(hub.action).toMatch(/hub\.beam\.url/u);
      expect(health).toMatchObject({ level: 'warning', sentence: hub.sentence });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('by refusing the key stops the connector and says so', async () => {
    const hubSide = await startStandInHub({
      apps: { [SITE_APP]: 'another-key', 'explorer.central.broker.stand-in': 'x' },
    });
    const refused = /does not accept the application id or its key/u;
    try {
      const { hub, health } = await withHub('hub-key', hubSide.url, (text) => refused.test(text));
      expect(hub.state).toBe('stopped');
      expect(hub.action).toMatch(/hub\.beam\.apiKeyFile/u);
      expect(health).toMatchObject({ level: 'error', sentence: hub.sentence });
    } finally {
      await hubSide.stop();
    }
  });
});

describe('A disk that is full', () => {
  it('is told to the sender as out of resources, recorded, and everything is taken once there is room', async () => {
    const dataFolder = join(root, 'reserve');
    await runCommand(['user', 'add', 'anna', '--data-dir', dataFolder], `${PASSWORD}\n`);
    const full = await startAgent(dataFolder, ['store.reserveMegabytes=100000000']);
    try {
      const { sent, failed } = await send(full);
      expect(sent).toBe(0);
      // The first association is rejected or each object refused: either way the sender knows that it has to send again.
      expect(failed).toHaveLength(phantoms.objects.length);
      const client = await new ConsoleClient(full.httpUrl).signIn('anna', PASSWORD);
      const { health, counts } = await client.call('getOverview');
      expect(health.find(({ id }) => id === 'free-space')).toMatchObject({ level: 'error' });
      expect(counts.received).toBe(counts.rejected);
    } finally {
      expect(await full.stop()).toBe(0);
    }
    const roomy = await startAgent(dataFolder, [NO_RESERVE]);
    try {
      expect((await send(roomy)).failed).toEqual([]);
      const rows = await settledRows(dataFolder);
      expect(rows).toHaveLength(phantoms.objects.length);
      expect(rows.filter(({ state }) => state !== 'indexed' && state !== 'quarantined')).toEqual([]);
    } finally {
      expect(await roomy.stop()).toBe(0);
    }
    expect(disagreements(dataFolder)).toEqual([]);
  });

  it.skipIf(!canMount())(
    'in the middle of a transfer costs nothing that was acknowledged',
    async () => {
      const disk = join(root, 'small-disk');
      mkdirSync(disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_DISK_MEGABYTES}m`, 'tmpfs', disk]);
      let agent: RunningAgent | undefined;
      try {
        const dataFolder = join(disk, 'data');
        // Associations are to be let in, so that the disk fills while objects come.
        const settings = [NO_RESERVE, 'store.refuseAssociationsMegabytes=0', 'log.level=error'];
        agent = await startAgent(dataFolder, settings);
        const running = agent;
        const filler = join(disk, 'filler');
        const { bavail, bsize } = statfsSync(disk);
        writeFileSync(filler, Buffer.alloc(bavail * bsize - LEFT_BYTES));
        const files = phantoms.objects.map(({ path }) => path);
        const first = await send(running, files);
        const refused = first.failed.filter(({ status }) => status === OUT_OF_RESOURCES);
        console.log(
          `${files.length} objects to a disk with ${LEFT_BYTES} bytes left: ${first.sent} acknowledged, ` +
            `${refused.length} refused with A700, ${first.failed.length - refused.length} otherwise`,
        );
        expect(refused.length).toBeGreaterThan(0);
        expect(first.failed).toEqual(refused);
        expect(running.process.exitCode).toBe(null);
        rmSync(filler);
        const again = await until(
          () => send(running, files),
          ({ failed }) => failed.length === 0,
        );
        expect(again.failed).toEqual([]);
        const rows = await settledRows(dataFolder);
        expect(await running.stop()).toBe(0);
        const pseudonymiser = pseudonymiserOf(dataFolder);
        const keys = rows.map(({ instanceKey }) => instanceKey).sort();
        const expected = phantoms.objects.map((object) => pseudonymiser.fingerprint('instance', object.sopInstanceUid));
        expect(keys).toEqual(expected.sort());
        expect(rows.filter(({ state, cause }) => state !== 'indexed' && cause !== 'burned-in-text')).toEqual([]);
        expect(disagreements(dataFolder)).toEqual([]);
      } finally {
        await agent?.stop();
        execFileSync('umount', ['--lazy', disk]);
      }
    },
    90_000,
  );
});

describe('An object that is cut short', () => {
  it('is quarantined as unreadable and kept byte for byte', async () => {
    const dataFolder = join(root, 'truncated');
    const folder = join(root, 'truncated-import');
    mkdirSync(folder);
    const whole = phantoms.objects.find(({ modality, transferSyntax }) => {
      return modality === 'MR' && transferSyntax === '1.2.840.10008.1.2.1';
    });
    const file = join(folder, 'cut.dcm');
    writeFileSync(file, readFileSync(whole?.path ?? ''));
    truncateSync(file, Math.floor(readFileSync(file).length * 0.7));
    const { code } = await runCommand(['import', folder, '--data-dir', dataFolder, '--set', NO_RESERVE]);
    expect(code).toBe(0);
    const rows = ledgerRows(dataFolder);
    expect(rows).toEqual([expect.objectContaining({ state: 'quarantined', cause: 'unreadable' })]);
    expect(rows[0]?.detail).toMatch(/is not complete: the file ends before it does/u);
    const kept = readFileSync(join(dataFolder, 'quarantine', `${rows[0]?.objectId}.dcm`));
    expect(kept.equals(readFileSync(file))).toBe(true);
    expect(disagreements(dataFolder)).toEqual([]);
  });
});

/** Whether this user may mount a small disk of its own. */
function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const folder = scratchFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

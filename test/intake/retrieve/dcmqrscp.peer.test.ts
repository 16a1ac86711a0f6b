/** dcmqrscp as the PACS: found, moved and got from, over TLS too, killed in the middle, and refusing. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Archive } from '../../../node-agent/intake/retrieve/archives.ts';
import { remoteNode } from '../../../node-agent/intake/retrieve/archives.ts';
import { examine } from '../../../node-agent/intake/retrieve/connection-doctor.ts';
import { QUERY_LIMITS } from '../../../node-agent/intake/retrieve/remote-node.ts';
import { matchingStudies } from '../../../node-agent/intake/retrieve/study-listing.ts';
import { type Certificate, makeCertificate } from '../../support/certificates.ts';
import { peer } from '../../support/peers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { tlsFront } from '../../support/tls-front.ts';
import { intakeRig, until } from '../rig.ts';
import {
  ctStudy,
  type DcmtkArchive,
  dcmtkArchivePrograms,
  PACS_AE_TITLE,
  STUDY_UID,
  startDcmqrscp,
} from './dcmqrscp-archive.ts';
import { archiveAt, retrieveRig } from './retrieve-rig.ts';

const SLICES = 12;

interface SetUp {
  readonly changes?: Partial<Archive>;
  readonly knownAs?: string;
  /** What stands in front of the PACS, and who vouches for clients. */
  readonly tls?: { readonly own: Certificate; readonly authority: Certificate };
  readonly slices?: number;
}

async function setUp({ changes = {}, knownAs = 'GATEHOUSE', tls, slices = SLICES }: SetUp = {}) {
  let pace: (peerId: string) => Promise<void> = async () => {};
  const archiveSource = { peers: () => archives?.peers() ?? [] };
  let archives: ReturnType<typeof retrieveRig>['archives'] | undefined;
  const rig = await intakeRig({ otherPeers: [archiveSource], pace: (peerId) => pace(peerId) });
  const folder = temporaryFolder();
  const files = await ctStudy(folder, slices);
  const pacs = await startDcmqrscp({ folder, files, knows: [knownAs, rig.port] });
  const front = tls && (await tlsFront(pacs.port, tls.own, tls.authority));
  onTestFinished(async () => {
    front?.close();
    await pacs.kill();
  });
  const archive = archiveAt(front?.port ?? pacs.port, { aeTitle: PACS_AE_TITLE, ...changes });
  const retrieve = retrieveRig(rig, archive);
  archives = retrieve.archives;
  pace = async (peerId) => {
    const sender = retrieve.archives.ofPeer(peerId);
    if (sender) await retrieve.retriever.pace(sender);
  };
  return { rig, folder, pacs, archive, ...retrieve };
}

const received = (pacs: DcmtkArchive, what: RegExp) => (pacs.log().match(what) ?? []).length;

describe.skipIf(!dcmtkArchivePrograms())('dcmqrscp', () => {
  it('is asked what there is, and nothing moves', async () => {
    const { rig, archive } = await setUp();
    const found = await matchingStudies(remoteNode(archive), { StudyInstanceUID: STUDY_UID }, QUERY_LIMITS);
    // It says neither modalities nor series at study level: both are read from the series.
    expect(found).toMatchObject([{ studyUid: STUDY_UID, modalities: 'CT', series: 1, instances: null }]);
    const other = { StudyInstanceUID: STUDY_UID, ModalitiesInStudy: 'MR' };
    expect(await matchingStudies(remoteNode(archive), other, QUERY_LIMITS)).toEqual([]);
    expect(rig.ledger.counts().received).toBe(0);
  }, 60_000);

  for (const way of ['move', 'get'] as const) {
    it(`is fetched from by C-${way.toUpperCase()}, not faster than it may be`, async () => {
      const { rig, queue, rows, retriever, want } = await setUp({ changes: { way, instancesPerSecond: 10 } });
      want([STUDY_UID]);
      const began = performance.now();
      retriever.start();
      await until(() => queue.counts().complete === 1, 30_000);
      // The first goes at once, each further one a tenth of a second later.
      expect(performance.now() - began).toBeGreaterThan((SLICES - 1) * 100);
      expect(rows()[0]).toMatchObject({ expected: SLICES, arrived: SLICES, attempts: 1 });
      expect(rig.ledger.counts()).toMatchObject({ received: SLICES, rejected: 0 });
    }, 60_000);

    it(`is told with a C-CANCEL to stop a C-${way.toUpperCase()} when it is paused, and goes on when resumed`, async () => {
      const { rig, pacs, queue, rows, retriever, want, desk } = await setUp({
        changes: { way, instancesPerSecond: 5 },
      });
      const request = want([STUDY_UID]);
      retriever.start();
      await until(() => rig.ledger.counts().received >= 2, 20_000);
      expect(rows()[0]).toMatchObject({ state: 'in transfer', expected: SLICES });
      desk.pause(request);
      await until(() => queue.counts().waiting === 1, 10_000);
      const { received: came } = rig.ledger.counts();
      expect(came).toBeLessThan(SLICES);
      await until(() => received(pacs, /Cancel/gi) > 0 || received(pacs, /Terminated/gi) > 0, 5_000);
      expect(rows()[0]).toMatchObject({ state: 'waiting', attempts: 0 });
      desk.resume(request);
      await until(() => queue.counts().complete === 1, 30_000);
      expect(rig.ledger.counts()).toMatchObject({ received: SLICES, rejected: 0 });
      expect(rows()[0]).toMatchObject({ arrived: SLICES, attempts: 1 });
    }, 60_000);
  }

  it('may be killed in the middle of a C-MOVE: when it is back the queue goes on by itself, nothing is counted twice', async () => {
    const { rig, pacs, queue, rows, retriever, want } = await setUp({ changes: { instancesPerSecond: 10 } });
    want([STUDY_UID]);
    retriever.start();
    await until(() => rig.ledger.counts().received >= 3, 20_000);
    await pacs.kill();
    const waiting = await until(
      () => rows().find(({ state, attempts }) => state === 'waiting' && attempts > 2),
      20_000,
    );
    expect(waiting.sentence).toMatch(/Nothing listens|broke|tried again/u);
    expect(waiting.expected).toBe(SLICES);
    await pacs.start();
    await until(() => queue.counts().complete === 1, 30_000);
    expect(rig.ledger.counts()).toMatchObject({ received: SLICES, rejected: 0, quarantined: 0 });
    expect(rows()[0]).toMatchObject({ expected: SLICES, arrived: SLICES });
  }, 90_000);

  it('that does not know this node rejects the association: permanent, with what to do', async () => {
    const { retriever, want, rows } = await setUp({ changes: { callingAeTitle: 'STRANGER' } });
    want([STUDY_UID]);
    retriever.start();
    const row = await until(() => rows().find(({ state }) => state === 'failed'), 20_000);
    expect(row).toMatchObject({ attempts: 1, arrived: 0 });
    expect(row.sentence).toMatch(/rejected the association/u);
  }, 60_000);

  it('that does not know the move destination says A801: permanent, with what to do', async () => {
    const { retriever, want, rows } = await setUp({ knownAs: 'CALLER', changes: { callingAeTitle: 'CALLER' } });
    want([STUDY_UID]);
    retriever.start();
    const row = await until(() => rows().find(({ state }) => state === 'failed'), 20_000);
    expect(row).toMatchObject({ attempts: 1, arrived: 0 });
    expect(row.sentence).toMatch(/move destination \(A801\)/u);
  }, 60_000);
});

describe.skipIf(!dcmtkArchivePrograms() || !peer('openssl'))('a PACS behind TLS', () => {
  async function secure(changes: (server: Certificate) => Partial<Archive>) {
    const folder = temporaryFolder();
    const authority = makeCertificate(folder, 'authority');
    const server = makeCertificate(folder, 'server', { issuer: authority });
    const node = makeCertificate(folder, 'node', { issuer: authority });
    const set = await setUp({
      tls: { own: server, authority },
      slices: 3,
      changes: { way: 'get', certificateAuthorities: authority.certificateFile, ...changes(server) },
    });
    return { ...set, own: { certificateFile: node.certificateFile, keyFile: node.keyFile } };
  }

  it('is fetched from with the certificate of this node, and the doctor says when its own ends', async () => {
    const { rig, archive, parts, own, want, queue } = await secure((server) => ({
      fingerprints: [server.fingerprint],
    }));
    const { steps, certificateEnds, services } = await examine(archive, QUERY_LIMITS, own);
    expect(steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      'network ok',
      'certificate ok',
      'association ok',
      'services ok',
      'query ok',
      'clock unknown',
    ]);
    expect(Date.parse(certificateEnds ?? '')).toBeGreaterThan(Date.now());
    expect(services.some(({ transferSyntaxUids }) => transferSyntaxUids.includes('1.2.840.10008.1.2.5'))).toBe(true);
    const { Retriever } = await import('../../../node-agent/intake/retrieve/retriever.ts');
    const retriever = new Retriever({ ...parts, ownCertificate: own });
    onTestFinished(() => retriever.stop());
    want([STUDY_UID]);
    retriever.start();
    await until(() => queue.counts().complete === 1, 20_000);
    expect(rig.ledger.counts().received).toBe(3);
  }, 60_000);

  it('is not talked to when it shows another certificate than the one pinned, or one nobody vouches for', async () => {
    const pinned = await secure(() => ({ fingerprints: ['0'.repeat(64)] }));
    await expect(
      matchingStudies(remoteNode(pinned.archive, pinned.own), { StudyInstanceUID: STUDY_UID }, QUERY_LIMITS),
    ).rejects.toThrow(/another TLS certificate than the one pinned/u);
    expect(pinned.pacs.log()).not.toMatch(/Received Find SCP/u);
    const other = makeCertificate(pinned.folder, 'other');
    const stranger = { ...pinned.archive, certificateAuthorities: other.certificateFile, fingerprints: [] };
    const { steps } = await examine(stranger, QUERY_LIMITS, pinned.own);
    expect(steps.at(-1)).toMatchObject({ step: 'certificate', outcome: 'failed' });
  }, 60_000);
});

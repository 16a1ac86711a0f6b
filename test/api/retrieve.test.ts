import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { apiRig } from './rig.ts';

const PATIENT = 'SECRET-PATIENT';
const STUDY = '1.2.826.0.1.3680043.99.4711';

async function setUp() {
  const rig = await apiRig();
  const anna = await rig.signedIn('anna', 'administrator');
  const port = await freePort();
  await anna.call('addArchive', { body: { tag: 'main', aeTitle: 'PACS', host: '127.0.0.1', port } });
  return { rig, anna, port };
}

/** A request whose studies the PACS is said to have named. */
async function counted() {
  const { rig, anna, port } = await setUp();
  const { retrieveRequests: requests, retrieveQueue: queue } = rig.foundation;
  const id = requests.create('main', [{ PatientID: PATIENT }], 'anna');
  queue.found(id, 'main', 1, [
    {
      studyUid: STUDY,
      patientId: PATIENT,
      accessionNumber: 'SECRET-ACCESSION',
      studyDate: '20240102',
      modalities: 'CT\\SEG',
      series: 3,
      instances: 240,
    },
  ]);
  requests.noted(id, { counted: 1, matches: 1 });
  requests.become(id, 'counted', ['counting']);
  return { rig, anna, port, id };
}

const settled = (condition: () => Promise<boolean>) => expect.poll(condition, { timeout: 10_000 }).toBe(true);

describe('archives over the API', () => {
  it('are added with what is usual, changed, and removed while no request names them', async () => {
    const { anna, port } = await setUp();
    const [archive] = await anna.call('listArchives');
    expect(archive).toMatchObject({ tag: 'main', callingAeTitle: 'GATEHOUSE', way: 'move', enabled: true, open: true });
    const body = {
      aeTitle: 'PACS2',
      host: 'pacs.example',
      port,
      way: 'get',
      windows: ['* 2 * * *'],
      instancesPerSecond: 5,
    };
    expect(await anna.call('changeArchive', { params: { tag: 'main' }, body })).toMatchObject({
      aeTitle: 'PACS2',
      instancesPerSecond: 5,
    });
    await expect(anna.call('changeArchive', { params: { tag: 'other' }, body })).rejects.toMatchObject({ status: 404 });
    await expect(anna.call('addArchive', { body: { ...body, tag: 'main' } })).rejects.toThrow(/already/u);
    await expect(
      anna.call('changeArchive', { params: { tag: 'main' }, body: { ...body, windows: ['at night'] } }),
    ).rejects.toThrow(/Window 1 is not a cron expression/u);
    expect(await anna.call('removeArchive', { params: { tag: 'main' } })).toEqual([]);
  });

  it('are examined: the first step that does not work says what to do', async () => {
    const { anna } = await setUp();
    expect(await anna.call('examineArchive', { params: { tag: 'main' } })).toEqual({
      steps: [{ step: 'network', outcome: 'failed', sentence: expect.stringContaining('Nothing listens') }],
      services: [],
      latencyMilliseconds: null,
      certificateEnds: null,
    });
  });
});

describe('requests over the API', () => {
  it('are refused with the lines that are wrong, without their values', async () => {
    const { anna, rig } = await setUp();
    const csv = `accession\nA1\nSECRET*\n${'x'.repeat(20)}SECRET\n`;
    const failure = await anna
      .call('addRetrieveRequest', { body: { archive: 'main', what: { csv } } })
      .catch((error: Error) => error.message);
    expect(failure).toMatch(/^Line 3: .*Line 4: .*send it again\.$/u);
    expect(failure).not.toContain('SECRET');
    await expect(
      anna.call('addRetrieveRequest', { body: { archive: 'main', what: { form: { modality: 'CT' } } } }),
    ).rejects.toThrow(/neither accession number/u);
    expect(await anna.call('listRetrieveRequests')).toEqual({ total: 0, rows: [] });
    expect(rig.faults).toEqual([]);
  });

  it('may be lists of ten thousand lines', async () => {
    const { anna } = await setUp();
    const csv = `study uid\n${Array.from({ length: 10_000 }, (_, index) => `${STUDY}.${index}`).join('\n')}`;
    expect(await anna.call('addRetrieveRequest', { body: { archive: 'main', what: { csv } } })).toMatchObject({
      state: 'counting',
      entries: 10_000,
    });
  });

  it('say why they could not be counted, and are counted again', async () => {
    const { anna } = await setUp();
    const form = { accessionNumbers: ['A1', 'A2'], from: '2024-01-01', to: null, modality: 'CT' };
    const { id } = await anna.call('addRetrieveRequest', { body: { archive: 'main', what: { form } } });
    const failed = async () => (await anna.call('getRetrieveRequest', { params: { id } })).state === 'failed';
    await settled(failed);
    expect(await anna.call('getRetrieveRequest', { params: { id } })).toMatchObject({
      entries: 2,
      counted: 0,
      sentence: expect.stringContaining('Nothing listens'),
    });
    expect(await anna.call('countRetrieveRequest', { params: { id } })).toMatchObject({ state: 'counting' });
    await settled(failed);
    await expect(anna.call('confirmRetrieveRequest', { params: { id }, body: {} })).rejects.toThrow(
      /no state in which it can be confirmed/u,
    );
    expect(await anna.call('cancelRetrieveRequest', { params: { id } })).toMatchObject({ state: 'discarded' });
  });

  it('are shown, confirmed, paused, cancelled and tried again', async () => {
    const { anna, id } = await counted();
    const params = { id };
    expect(await anna.call('listRetrieveStudies', { params })).toMatchObject({
      total: 1,
      rows: [{ entry: 1, state: 'found', modalities: 'CT\\SEG', series: 3, expected: 240, fetchedBefore: false }],
    });
    expect(await anna.call('confirmRetrieveRequest', { params, body: {} })).toMatchObject({
      state: 'confirmed',
      studies: { waiting: 1 },
      expected: 240,
      arrived: 0,
    });
    expect(await anna.call('pauseRetrieveRequest', { params })).toMatchObject({ paused: true });
    expect(await anna.call('resumeRetrieveRequest', { params })).toMatchObject({ paused: false });
    expect(await anna.call('cancelRetrieveRequest', { params })).toMatchObject({ studies: { cancelled: 1 } });
    expect(await anna.call('retryRetrieveRequest', { params })).toMatchObject({ studies: { waiting: 1 } });
    const [study] = (await anna.call('listRetrieveStudies', { params })).rows;
    const one = { params: { id: study?.id ?? '' } };
    expect(await anna.call('cancelRetrieveStudy', one)).toMatchObject({ state: 'cancelled' });
    await expect(anna.call('cancelRetrieveStudy', one)).rejects.toMatchObject({ status: 400 });
    expect(await anna.call('retryRetrieveStudy', one)).toMatchObject({ state: 'waiting', attempts: 0 });
    expect(await anna.call('pauseRetriever')).toMatchObject({ paused: true, timeZone: 'Europe/Madrid' });
    expect(await anna.call('resumeRetriever')).toMatchObject({ paused: false, studies: { waiting: 1 } });
    await expect(anna.call('removeArchive', { params: { tag: 'main' } })).rejects.toThrow(/Switch it off instead/u);
    for (const name of ['getRetrieveRequest', 'pauseRetrieveRequest', 'listRetrieveStudies'] as const) {
      await expect(anna.call(name, { params: { id: 'none' } })).rejects.toMatchObject({ status: 404 });
    }
  });

  it('identify nobody but in the one answer that the audit log names', async () => {
    const { anna, rig, id } = await counted();
    const params = { id };
    const { rows } = await anna.call('listRetrieveStudies', { params });
    const answers = [rows, await anna.call('listRetrieveRequests'), await anna.call('getRetriever')];
    for (const secret of ['SECRET', STUDY, '20240102']) expect(JSON.stringify(answers)).not.toContain(secret);
    const shown = await anna.call('showRetrieveIdentities', { params, body: { studies: [rows[0]?.id, 'none'] } });
    expect(shown).toEqual([
      {
        id: rows[0]?.id,
        patientId: PATIENT,
        accessionNumber: 'SECRET-ACCESSION',
        studyDate: '20240102',
        studyUid: STUDY,
      },
    ]);
    const { rows: audited } = await anna.call('listAudit', { query: { limit: 50 } });
    expect(audited).toContainEqual(
      expect.objectContaining({ actor: 'anna', action: 'retrieve.identities-shown', subject: id, detail: '1 studies' }),
    );
    expect(JSON.stringify(audited)).not.toContain('SECRET');
    const { vaultDatabase } = rig.foundation.folder;
    const bytes = Buffer.concat([readFileSync(vaultDatabase), readFileSync(`${vaultDatabase}-wal`)]);
    expect(bytes.includes('retrieve_requests')).toBe(true);
    for (const secret of ['SECRET', STUDY, '20240102']) expect(bytes.includes(secret)).toBe(false);
  });

  it('show identifiers of their own studies only', async () => {
    const { anna, rig, id } = await counted();
    const { rows } = await anna.call('listRetrieveStudies', { params: { id } });
    const other = rig.foundation.retrieveRequests.create('main', [], 'anna');
    const body = { studies: rows.map((row) => row.id) };
    expect(await anna.call('showRetrieveIdentities', { params: { id: other }, body })).toEqual([]);
    const vera = await rig.signedIn('vera', 'viewer');
    await expect(vera.call('showRetrieveIdentities', { params: { id }, body })).rejects.toMatchObject({ status: 403 });
  });
});

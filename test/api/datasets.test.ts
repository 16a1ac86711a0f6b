import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { treatmentText } from '../../node-agent/catalogue/treatment/treatment.ts';
import { description, TREATMENT, valuesOf } from '../catalogue/fixtures.ts';
import { storeObject } from '../support/stored-object.ts';
import { type ApiRig, apiRig, raw } from './rig.ts';

/** Patients with one indexed MR series each, as the pipeline leaves them. */
function index(rig: ApiRig, patients: number): void {
  const { catalogue, ledger } = rig.foundation;
  for (let number = 1; number <= patients; number += 1) {
    const objectId = `object-${number}`;
    const instance = description({
      patientId: `GH-${String(number).padStart(16, '0')}`,
      studyUid: `2.25.${number}`,
      seriesUid: `2.25.${number}.1`,
      instanceUid: `2.25.${number}.1.1`,
    });
    const file = `objects/${number}.dcm`;
    const sample = (row: number, column: number) => (row * number + column) % 256;
    const stored = storeObject(rig.foundation.folder.root, file, { instanceUid: instance.instanceUid, sample });
    ledger.admit([{ objectId, source: 'dimse', instanceKey: objectId, contentHash: objectId, bytes: stored.bytes }]);
    catalogue.add(instance, valuesOf(instance), {
      objectId,
      file,
      ...stored,
      profileHash: 'profile-1',
      mayShowFace: false,
      treatment: treatmentText(TREATMENT),
    });
    ledger.settle(objectId, { state: 'indexed' });
  }
}

async function draftOf(rig: ApiRig, patients = 12) {
  index(rig, patients);
  const [anna, ben] = [await rig.signedIn('anna', 'administrator'), await rig.signedIn('ben', 'officer')];
  const { conditions } = await anna.call('getFacets');
  const draft = await anna.call('draftDataset', {
    body: {
      title: 'Breast MR',
      description: 'Breast MR of a test.',
      condition: conditions[0]?.code,
      query: { modality: ['IMG1000022'] },
      publisher: 'Test hospital',
      contactEmail: 'imaging@hospital.example',
      keywords: ['breast'],
      provenance: 'Made for a test.',
      accessUrl: 'https://negotiator.example/',
    },
  });
  const advance = (client: typeof anna, to: string, reason?: string) =>
    client.call('advanceDataset', { params: { id: draft.id }, body: { to, ...(reason ? { reason } : {}) } });
  return { anna, ben, draft, advance };
}

describe('datasets through the API', () => {
  it('are released by a second person only, and the first is told so', async () => {
    const rig = await apiRig();
    const { anna, ben, draft, advance } = await draftOf(rig);
    expect(draft).toMatchObject({ state: 'draft', createdBy: 'anna', patients: 12, keywords: ['breast'] });
    const checked = await advance(anna, 'checked');
    expect(checked.checks.every(({ passed }) => passed)).toBe(true);
    expect(checked.actions.find(({ to }) => to === 'released')).toMatchObject({ allowed: false });
    await expect(advance(anna, 'released')).rejects.toMatchObject({
      status: 403,
      message: 'You drafted this dataset; a second person has to release it.',
    });
    expect((await anna.call('getDataset', { params: { id: draft.id } })).state).toBe('checked');

    expect((await advance(ben, 'released')).state).toBe('released');
    const published = await advance(anna, 'published');
    expect(published.history.map(({ to, by }) => `${to} by ${by}`).sort()).toEqual(
      ['draft by anna', 'checked by anna', 'released by ben', 'published by anna'].sort(),
    );
    const actions = rig.foundation.audit.page(0, 50).rows.map(({ action }) => action);
    expect(actions).toEqual(
      expect.arrayContaining(['dataset.drafted', 'dataset.checked', 'dataset.released', 'dataset.published']),
    );
  });

  it('do not pass the check with fewer patients than may be counted', async () => {
    const rig = await apiRig();
    const { anna, advance } = await draftOf(rig, 4);
    await expect(advance(anna, 'checked')).rejects.toMatchObject({
      status: 409,
      title: 'The check did not pass',
      message: expect.stringContaining('4 patients'),
    });
  });

  it('go from state to state only in order', async () => {
    const rig = await apiRig();
    const { anna, ben, advance } = await draftOf(rig);
    await expect(advance(ben, 'published')).rejects.toMatchObject({ status: 409, title: 'Not possible now' });
    await advance(anna, 'checked');
    await advance(ben, 'released');
    await expect(advance(anna, 'withdrawn')).rejects.toMatchObject({ status: 400 });
    expect((await advance(anna, 'withdrawn', 'A patient objected')).state).toBe('withdrawn');
  });

  it('have a catalogue record in JSON-LD and Turtle with disclosed counts only', async () => {
    const rig = await apiRig();
    const { anna, ben, draft, advance } = await draftOf(rig, 12);
    await advance(anna, 'checked');
    await advance(ben, 'released');
    await advance(ben, 'published');
    const { jsonld, turtle, findings, approved } = await anna.call('getRecord', { params: { id: draft.id } });
    // the health data access body alone may be empty
    expect([approved, findings.map(({ severity, property }) => `${severity} ${property}`)]).toEqual([
      true,
      ['warning healthdcatap:hdab'],
    ]);
    expect(jsonld).toMatchObject({ '@context': expect.anything() });
    expect(JSON.stringify(jsonld)).toContain(draft.id);
    expect(turtle).toMatch(/^@prefix /m);
    expect(turtle).toContain('Breast MR');
    const counts = [...turtle.matchAll(/(?:patients?|subjects?|studies|series|images?)\w*"?\s+"?(\d+)/gi)];
    for (const [, figure] of counts) expect(Number(figure) % 10).toBe(0);
    await expect(anna.call('getRecord', { params: { id: 'none' } })).rejects.toMatchObject({ status: 404 });
  });

  it('are drafted only for a cancer type of the list', async () => {
    const rig = await apiRig();
    const { anna } = await draftOf(rig);
    const body = {
      title: 'Other',
      description: 'Other.',
      condition: 'not on the list',
      query: {},
      publisher: 'Test hospital',
      contactEmail: 'imaging@hospital.example',
      provenance: 'Made for a test.',
      accessUrl: 'https://negotiator.example/',
    };
    await expect(anna.call('draftDataset', { body })).rejects.toMatchObject({ status: 400 });
  });
});

describe('quality, privacy risk and versions through the API', () => {
  it('show findings with what to do, and scores with their trend', async () => {
    const rig = await apiRig();
    const { anna, draft, advance } = await draftOf(rig);
    const before = await anna.call('getQuality', { params: { id: draft.id } });
    expect(before.findings.find(({ rule }) => rule.id === 'integrity.examined')).toMatchObject({ offending: 12 });
    expect(before).toMatchObject({ trend: [], examination: null });
    await advance(anna, 'checked');
    const after = await anna.call('getQuality', { params: { id: draft.id } });
    expect(after.findings.find(({ rule }) => rule.id === 'integrity.examined')).toMatchObject({ offending: 0 });
    expect(after.trend).toMatchObject([{ datasetId: draft.id, version: 1, total: after.total }]);
    expect(after.scores.map(({ dimension }) => dimension)).toEqual([
      'completeness',
      'uniqueness',
      'validity',
      'consistency',
      'integrity',
    ]);
  });

  it('refuse a dataset whose files were changed on the disk, naming what is wrong', async () => {
    const rig = await apiRig();
    const { anna, draft, advance } = await draftOf(rig);
    appendFileSync(join(rig.foundation.folder.root, 'objects/3.dcm'), '  ');
    await expect(advance(anna, 'checked')).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('Every file is as it was indexed: 1 of 12 do not pass.'),
    });
    expect(await anna.call('getDataset', { params: { id: draft.id } })).toMatchObject({ state: 'draft' });
    const { findings } = await anna.call('getQuality', { params: { id: draft.id } });
    expect(findings.find(({ rule }) => rule.id === 'integrity.hash')).toMatchObject({ examples: ['2.25.3.1.1'] });
  });

  it('show k with what would help, preview choices without storing them, and store them in a draft', async () => {
    const rig = await apiRig();
    const { anna, ben, draft, advance } = await draftOf(rig);
    rig.foundation.indexDatabase.exec('UPDATE studies SET age_years = 40 + rowid');
    const risk = await anna.call('getPrivacyRisk', { params: { id: draft.id } });
    expect(risk).toMatchObject({ k: 1, uniques: 12, limits: { block: 3, warn: 10 }, causes: [['age']] });
    await expect(advance(anna, 'checked')).rejects.toMatchObject({ message: expect.stringContaining('k is 1') });
    const choices = { ...risk.choices, age: 'bands-20' as const };
    const preview = await anna.call('previewPrivacyRisk', { params: { id: draft.id }, body: choices });
    expect(preview).toMatchObject({ patients: 12, k: 12 });
    expect(await anna.call('getDataset', { params: { id: draft.id } })).toMatchObject({
      generalisation: { age: 'exact' },
    });
    const changed = await ben.call('generaliseDataset', { params: { id: draft.id }, body: choices });
    expect(changed.generalisation).toEqual(choices);
    expect((await advance(anna, 'checked')).state).toBe('checked');
    const vera = await rig.signedIn('vera', 'viewer');
    const refused = { status: 403 };
    await expect(vera.call('generaliseDataset', { params: { id: draft.id }, body: choices })).rejects.toMatchObject(
      refused,
    );
    expect(await vera.call('getPrivacyRisk', { params: { id: draft.id } })).toMatchObject({ k: 12, suggestion: null });
  });

  it('draft the next version, tell what changed, and withdraw the one before with the publication', async () => {
    const rig = await apiRig();
    const { anna, ben, draft, advance } = await draftOf(rig);
    await advance(anna, 'checked');
    await advance(ben, 'released');
    await advance(ben, 'published');
    const next = await anna.call('draftNextVersion', { params: { id: draft.id } });
    expect(next).toMatchObject({ version: 2, state: 'draft', predecessor: { id: draft.id, version: 1 } });
    const { difference } = await anna.call('getVersionDifference', { params: { id: next.id } });
    expect(difference).toMatchObject({ added: 0, removed: 0, changed: 0, unchanged: 12 });
    for (const [client, to] of [
      [anna, 'checked'],
      [ben, 'released'],
    ] as const) {
      await client.call('advanceDataset', { params: { id: next.id }, body: { to } });
    }
    await ben.call('advanceDataset', { params: { id: next.id }, body: { to: 'published', withdrawPredecessor: true } });
    expect(await anna.call('getDataset', { params: { id: draft.id } })).toMatchObject({ state: 'withdrawn' });
    await expect(anna.call('draftNextVersion', { params: { id: 'none' } })).rejects.toMatchObject({ status: 404 });
  });
});

describe('quarantine through the API', () => {
  it('says why an object in conflict cannot be requeued', async () => {
    const rig = await apiRig();
    const arrival = { source: 'dimse', instanceKey: 'same', bytes: 1 } as const;
    rig.foundation.ledger.admit([
      { ...arrival, objectId: 'first', contentHash: 'one' },
      { ...arrival, objectId: 'second', contentHash: 'two' },
    ]);
    const anna = await rig.signedIn('anna', 'administrator');
    const refusal = { status: 409, message: expect.stringContaining('same SOP Instance UID') };
    await expect(anna.call('requeue', { body: { objectIds: ['second'] } })).rejects.toMatchObject(refusal);
    await expect(anna.call('requeue', { body: { cause: 'conflict' } })).rejects.toMatchObject(refusal);
    expect(await anna.call('requeue', { body: { cause: 'time-limit' } })).toEqual({ changed: 0 });
    const excluded = await anna.call('exclude', { body: { objectIds: ['second'], reason: 'Sent by mistake' } });
    expect(excluded).toEqual({ changed: 1 });
  });
});

describe('the de-identification report of a dataset', () => {
  it('accounts for every object: profile, codes and actions, as data and as a page to sign', async () => {
    const rig = await apiRig();
    const { anna, draft } = await draftOf(rig);
    await anna.call('advanceDataset', { params: { id: draft.id }, body: { to: 'checked' } });
    const report = await anna.call('getDatasetReport', { params: { id: draft.id } });
    expect(report).toMatchObject({
      dataset: { id: draft.id, state: 'checked' },
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/u),
      objects: 12,
      objectsWithoutAccount: 0,
      profiles: [{ id: 'eucaim', hash: 'profile-1', objects: 12 }],
      claimedCodes: [{ code: '113100', objects: 12 }],
      quality: {
        total: expect.any(Number),
        scores: expect.arrayContaining([expect.objectContaining({ dimension: 'integrity' })]),
      },
      privacy: { k: 12, patients: 12, shown: 'Patients are shown as indexed.' },
      actions: [{ attribute: '(0010,0010)', action: 'pseudonym', objects: 12, elements: 12 }],
    });
    expect(report.checks.length).toBeGreaterThan(5);
    const address = `/api/v1/datasets/${draft.id}/report/page`;
    const cookie = await rig.cookieOf('vera', 'viewer');
    const page = await raw(rig.url, address, { headers: { cookie } });
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': expect.stringMatching(/^text\/html/u) } });
    expect(page.text).toContain('Data protection officer');
    expect(page.text).toContain('Privacy risk (k-anonymity per patient)');
    expect(page.text).toContain(report.contentHash);
    const elsewhere = await raw(rig.url, address.replace(draft.id, 'nowhere'), { headers: { cookie } });
    expect(elsewhere.status).toBe(404);
    expect((await raw(rig.url, address)).status).toBe(401);
  });

  it('says how many objects were indexed before accounts were kept', async () => {
    const rig = await apiRig();
    const { anna, draft } = await draftOf(rig);
    rig.foundation.indexDatabase.exec("UPDATE instances SET treatment_id = NULL WHERE object_id = 'object-3'");
    const check = () => anna.call('advanceDataset', { params: { id: draft.id }, body: { to: 'checked' } });
    await expect(check()).rejects.toMatchObject({ message: expect.stringContaining('1 objects have no account') });
    const accepted = { subject: 'conformance', reason: 'Looked at by hand.' };
    await anna.call('acceptFinding', { params: { id: draft.id }, body: accepted });
    await check();
    const report = await anna.call('getDatasetReport', { params: { id: draft.id } });
    expect(report).toMatchObject({ objects: 12, objectsWithoutAccount: 1 });
  });
});

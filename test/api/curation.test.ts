import { describe, expect, it } from 'vitest';
import { buildSeriesDesk } from '../../node-agent/assembly/series-side.ts';
import { seriesEvidence } from '../../node-agent/harmonise/series/series-evidence.ts';
import { readSettings } from '../../node-agent/settings/settings.ts';
import { dataSetOf, description, fileOf } from '../catalogue/fixtures.ts';
import { type ApiRig, apiRig } from './rig.ts';

function index(rig: ApiRig, seriesUid: string, words: string): void {
  const object = description({ seriesUid, instanceUid: `${seriesUid}.1` });
  rig.foundation.catalogue.add(object, [], fileOf(object));
  const evidence = seriesEvidence(
    dataSetOf({ Modality: 'MR', ImageType: 'ORIGINAL\\PRIMARY', SeriesDescription: words }),
  );
  buildSeriesDesk(rig.foundation, readSettings({}).values).note(object, evidence);
}

describe('curation through the API', () => {
  it('lists patterns, settles them for their series, and takes that back', async () => {
    const rig = await apiRig();
    index(rig, '2.25.1.1', 'wunderbar');
    index(rig, '2.25.1.2', 'WUNDERBAR 2');
    const ben = await rig.signedIn('ben', 'officer');
    const { rows, ...counts } = await ben.call('listCuration', { query: {} });
    expect(counts).toEqual({ total: 1, open: 1, settled: 0 });
    expect(rows).toMatchObject([
      {
        attribute: 'contrast',
        series: 2,
        asked: 2,
        candidates: [],
        evidence: [],
        decided: null,
        exampleStudyUid: '2.25.1',
      },
    ]);
    const concepts = await ben.call('listCurationConcepts', { params: { attribute: 'contrast' } });
    expect(concepts).toContainEqual({ code: 'IMG1016647', label: 'T2 weighted' });
    const params = { id: String(rows[0]?.patternId) };
    expect(await ben.call('settleCuration', { params, body: { code: 'IMG1016647' } })).toEqual({ series: 2 });
    const study = await ben.call('getStudy', { params: { id: '2.25.1' } });
    expect(
      study.seriesList.map(({ harmonised }) => harmonised.find(({ attribute }) => attribute === 'contrast')),
    ).toMatchObject(Array.from({ length: 2 }, () => ({ label: 'T2 weighted', chosenBy: 'ben', confidence: 1 })));
    expect((await ben.call('listCuration', { query: { state: 'settled' } })).rows).toMatchObject([
      { decided: { by: 'ben' } },
    ]);
    expect(await ben.call('revokeCuration', { params })).toEqual({ series: 2 });
    await expect(ben.call('revokeCuration', { params })).rejects.toMatchObject({ status: 409 });
    const actions = (await ben.call('listAudit', { query: {} })).rows.map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['curation.settled', 'curation.revoked']));
  });

  it('lets viewers look and not decide, and refuses what it does not know', async () => {
    const rig = await apiRig();
    index(rig, '2.25.1.1', 'wunderbar');
    const [eve, ben] = [await rig.signedIn('eve', 'viewer'), await rig.signedIn('ben', 'officer')];
    const { rows } = await eve.call('listCuration', { query: {} });
    const params = { id: String(rows[0]?.patternId) };
    await expect(eve.call('settleCuration', { params, body: { code: null } })).rejects.toMatchObject({ status: 403 });
    await expect(ben.call('settleCuration', { params, body: { code: 'nonsense' } })).rejects.toMatchObject({
      status: 400,
    });
    await expect(ben.call('settleCuration', { params: { id: '99' }, body: { code: null } })).rejects.toMatchObject({
      status: 404,
    });
  });
});

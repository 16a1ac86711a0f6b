import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { description, fileOf, THREE_PATIENTS, valuesOf } from '../catalogue/fixtures.ts';
import { type ApiRig, apiRig, raw } from './rig.ts';

async function filledRig(): Promise<ApiRig> {
  const rig = await apiRig();
  for (const object of THREE_PATIENTS) rig.foundation.catalogue.add(object, valuesOf(object), fileOf(object));
  return rig;
}

const QUERY = { modality: ['CT'], ageFrom: 60 };

describe('saved queries', () => {
  it('are saved, found, changed and removed by their owner; the audit log says so without what was asked', async () => {
    const rig = await filledRig();
    const vera = await rig.signedIn('vera', 'viewer');
    const body = { name: 'Lung, older', description: 'For the pilot', query: { ...QUERY, search: 'Thorax Mueller' } };
    const saved = await vera.call('saveQuery', { body });
    expect(saved).toMatchObject({ ...body, owner: 'vera' });
    const changed = { ...body, name: 'Lung, 60+', query: QUERY };
    await vera.call('changeSavedQuery', { params: { id: saved.id }, body: changed });
    expect(await vera.call('listSavedQueries')).toMatchObject([
      { id: saved.id, ...changed, createdAt: saved.createdAt },
    ]);
    await vera.call('removeSavedQuery', { params: { id: saved.id } });
    expect(await vera.call('listSavedQueries')).toEqual([]);
    const { rows } = await vera.call('listAudit', { query: { limit: 50 } });
    expect(rows.slice(0, 3).map(({ action, actor, subject }) => [action, actor, subject])).toEqual([
      ['query.removed', 'vera', saved.id],
      ['query.changed', 'vera', saved.id],
      ['query.saved', 'vera', saved.id],
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/Mueller/u);
  });

  it('are seen by everybody and changed by their owner and administrators alone', async () => {
    const rig = await filledRig();
    const [vera, otto, anna] = [
      await rig.signedIn('vera', 'viewer'),
      await rig.signedIn('otto', 'officer'),
      await rig.signedIn('anna', 'administrator'),
    ];
    const { id } = await vera.call('saveQuery', { body: { name: 'Mine', query: QUERY } });
    expect(await otto.call('listSavedQueries')).toHaveLength(1);
    const body = { name: 'Ours', query: {} };
    await expect(otto.call('changeSavedQuery', { params: { id }, body })).rejects.toMatchObject({ status: 403 });
    await expect(otto.call('removeSavedQuery', { params: { id } })).rejects.toMatchObject({ status: 403 });
    await anna.call('removeSavedQuery', { params: { id } });
    await expect(anna.call('removeSavedQuery', { params: { id } })).rejects.toMatchObject({ status: 404 });
  });

  it('have a name that their owner did not use before', async () => {
    const rig = await filledRig();
    const [vera, otto] = [await rig.signedIn('vera', 'viewer'), await rig.signedIn('otto', 'officer')];
    await vera.call('saveQuery', { body: { name: 'Lung', query: QUERY } });
    await otto.call('saveQuery', { body: { name: 'Lung', query: QUERY } });
    await expect(vera.call('saveQuery', { body: { name: 'Lung', query: {} } })).rejects.toMatchObject({ status: 409 });
    await expect(vera.call('saveQuery', { body: { name: ' ', query: {} } })).rejects.toMatchObject({ status: 400 });
  });

  it('are what a dataset can be drafted from', async () => {
    const rig = await filledRig();
    const anna = await rig.signedIn('anna', 'administrator');
    const saved = await anna.call('saveQuery', { body: { name: 'Lung', query: QUERY } });
    const { conditions } = await anna.call('getFacets');
    const dataset = await anna.call('draftDataset', {
      body: {
        title: 'Lung CT',
        description: 'Lung CT of one clinic',
        condition: conditions[0]?.code ?? '',
        query: saved.query,
        publisher: 'Clinic',
        contactEmail: 'data@clinic.example',
        provenance: 'Routine care',
        accessUrl: 'https://negotiator.example/lung',
      },
    });
    expect(dataset).toMatchObject({ query: QUERY, patients: 2, series: 2 });
  });
});

describe('the filter of an address', () => {
  it('asks all that a cohort query can', async () => {
    const rig = await filledRig();
    const vera = await rig.signedIn('vera', 'viewer');
    const filter = JSON.stringify({ modality: ['CT', 'MR'], ageTo: 60 });
    expect((await vera.call('listStudies', { query: { filter } })).rows).toMatchObject([{ studyUid: '2.25.1' }]);
    const facets = await vera.call('getFacets', { query: { filter, attributes: 'true' } });
    expect(facets.sex).toMatchObject([{ value: 'COM1001370', studies: 1 }]);
    expect(facets.attributes).toEqual([]);
  });

  it.each(['{', '[]', '{"modality":"CT"}', '{"colour":["red"]}', '{"ageFrom":-1}'])(
    'is refused as %s',
    async (filter) => {
      const rig = await apiRig();
      const vera = await rig.signedIn('vera', 'viewer');
      await expect(vera.call('listStudies', { query: { filter } })).rejects.toMatchObject({ status: 400 });
    },
  );
});

describe('an export over the API', () => {
  it('gives officers the table as a file, and enters who took what in the audit log', async () => {
    const rig = await filledRig();
    const cookie = await rig.cookieOf('otto', 'officer');
    const answer = await raw(rig.url, '/api/v1/index/export?table=studies&format=csv&modality=CT&search=thorax', {
      headers: { cookie },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-disposition']).toBe('attachment; filename="studies.csv"');
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.text.split('\r\n')).toHaveLength(3);
    const { rows } = rig.foundation.audit.page(0, 2);
    expect(rows).toMatchObject([
      { actor: 'otto', action: 'index.exported', subject: 'studies', detail: '1 rows' },
      { actor: 'otto', action: 'index.export-begun', detail: 'csv; filtered by modality, search' },
    ]);
    const parquet = await fetch(new URL('/api/v1/index/export?table=instances&format=parquet', rig.url), {
      headers: { cookie },
    });
    expect(await parquetReadObjects({ file: await parquet.arrayBuffer() })).toHaveLength(6);
  });

  it('is refused to viewers, and for a table or filter that is none', async () => {
    const rig = await filledRig();
    const viewer = { headers: { cookie: await rig.cookieOf('vera', 'viewer') } };
    const officer = { headers: { cookie: await rig.cookieOf('otto', 'officer') } };
    expect((await raw(rig.url, '/api/v1/index/export?table=series')).status).toBe(401);
    expect((await raw(rig.url, '/api/v1/index/export?table=series', viewer)).status).toBe(403);
    for (const query of ['', '?table=patients', '?table=series&format=xlsx', '?table=series&filter={']) {
      expect((await raw(rig.url, `/api/v1/index/export${query}`, officer)).status).toBe(400);
    }
    expect(rig.faults).toEqual([]);
  });

  it('that is broken off is no fault of the node', async () => {
    const rig = await filledRig();
    rig.foundation.indexDatabase.transaction(() => {
      for (let number = 0; number < 20_000; number += 1) {
        const object = description({ instanceUid: `2.25.1.1.${number + 10}` });
        rig.foundation.catalogue.add(object, [], fileOf(object));
      }
    })();
    const gone = new AbortController();
    const cookie = await rig.cookieOf('otto', 'officer');
    const answer = await fetch(new URL('/api/v1/index/export?table=instances', rig.url), {
      headers: { cookie },
      signal: gone.signal,
    });
    await answer.body?.getReader().read();
    gone.abort();
    await expect
      .poll(() => rig.foundation.audit.page(0, 1).rows[0]?.action, { timeout: 20_000 })
      .toMatch(/^index\.export(ed|-broken-off)$/u);
    expect(rig.faults).toEqual([]);
  });
});

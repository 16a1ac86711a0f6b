import { describe, expect, it } from 'vitest';
import { fdpMount } from '../../../node-agent/assembly/record-side.ts';
import { negotiate } from '../../../node-agent/catalogue/record/content-negotiation.ts';
import { shapesTurtle } from '../../../node-agent/catalogue/record/shapes-turtle.ts';
import { apiRig, json, raw } from '../../api/rig.ts';
import { canonicalJsonLd, canonicalTurtle, Engine } from './other-engines.ts';
import { BREAST, PUBLISHED, recordRig, seedPatients } from './rig.ts';

function pointOf(rig: ReturnType<typeof recordRig>, settings = {}) {
  const mount = fdpMount(rig.records, { ...rig.settings, ...settings });
  return (path: string, accept = 'text/turtle', method = 'GET') =>
    mount.handle({
      method,
      path,
      headers: { host: 'node.example:8470', accept },
      body: (async function* () {})(),
      tokenName: 'harvester',
      remoteAddress: '127.0.0.1',
    });
}

/** Objects of a property in a Turtle document, wherever it stands. */
const objectsOf = (turtle: string, property: string) =>
  [...turtle.matchAll(new RegExp(`${property} ((?:<[^>]+>(?:, )?)+)`, 'gu'))].flatMap(([, list = '']) =>
    [...list.matchAll(/<([^>]+)>/gu)].map(([, iri = '']) => iri),
  );

describe('the FAIR Data Point', () => {
  it('leads from the point to the catalogue, its datasets and their distributions, also by containers', async () => {
    const rig = recordRig();
    const id = rig.advance(rig.draft(), ...PUBLISHED);
    const ask = pointOf(rig);
    const base = 'http://node.example:8470/fdp';
    const point = (await ask('/')).body;
    expect(point).toContain(`<${base}> a fdpo:FAIRDataPoint`);
    const [catalogue = ''] = objectsOf(point, 'fdpo:metadataCatalog');
    expect(catalogue).toBe(`${base}/catalog/datasets`);
    expect(objectsOf(point, 'ldp:contains')).toEqual([catalogue]);
    const catalogueText = (await ask(catalogue.slice(base.length))).body;
    const [dataset = ''] = objectsOf(catalogueText, 'dcat:dataset');
    expect(dataset).toBe(`${base}/dataset/${id}`);
    expect(objectsOf(catalogueText, 'ldp:contains')).toEqual([dataset]);
    expect(catalogueText).toMatch(/ldp:hasMemberRelation dcat:dataset/);
    const datasetText = (await ask(dataset.slice(base.length))).body;
    const [distribution = ''] = objectsOf(datasetText, 'dcat:distribution');
    expect(distribution).toBe(`${base}/distribution/${id}.1`);
    const distributionText = (await ask(distribution.slice(base.length))).body;
    expect(distributionText).toContain(`<${distribution}> a dcat:Distribution`);
    expect(objectsOf(distributionText, 'dcat:accessURL')).toEqual([
      'https://negotiator.example/request?a=1&b=two%20words',
    ]);
    for (const text of [point, catalogueText, datasetText, distributionText]) await canonicalTurtle(text);
  });

  it('hands out datasets that pass the shapes', async () => {
    const rig = recordRig();
    const id = rig.advance(rig.draft(), ...PUBLISHED);
    const engine = new Engine(shapesTurtle(rig.table));
    const { broken } = await engine.check((await pointOf(rig)(`/dataset/${id}`)).body);
    expect(broken).toEqual(['dataset-healthdcatap_hdab-minCount warning']);
  });

  it('says the same as Turtle and as JSON-LD, and shows people a page', async () => {
    const rig = recordRig();
    const id = rig.advance(rig.draft(), ...PUBLISHED);
    const ask = pointOf(rig);
    for (const path of ['/', '/catalog/datasets', `/dataset/${id}`, `/distribution/${id}.1`]) {
      const turtle = await ask(path, 'text/turtle;q=0.9, application/rdf+xml');
      const jsonld = await ask(path, 'application/ld+json');
      expect([turtle.contentType, jsonld.contentType]).toEqual(['text/turtle; charset=utf-8', 'application/ld+json']);
      expect(await canonicalJsonLd(JSON.parse(jsonld.body))).toBe(await canonicalTurtle(turtle.body));
      const page = await ask(path, 'text/html,application/xhtml+xml,*/*;q=0.8');
      expect(page).toMatchObject({ contentType: 'text/html; charset=utf-8', headers: { vary: 'Accept' } });
      expect(page.body).toMatch(/^<!doctype html>/);
    }
    await expect(ask('/', 'application/rdf+xml')).rejects.toMatchObject({ status: 406 });
  });

  it('knows published datasets only', async () => {
    const rig = recordRig();
    const id = rig.draft();
    const ask = pointOf(rig);
    const hidden = async () => {
      await expect(ask(`/dataset/${id}`)).rejects.toMatchObject({ status: 404 });
      await expect(ask(`/distribution/${id}.1`)).rejects.toMatchObject({ status: 404 });
      expect((await ask('/catalog/datasets')).body).not.toContain(id);
    };
    await hidden();
    for (const state of ['checked', 'released'] as const) {
      rig.advance(id, state);
      await hidden();
    }
    rig.advance(id, 'published');
    expect((await ask(`/dataset/${id}`)).status).toBe(200);
    rig.advance(id, 'withdrawn');
    await hidden();
  });

  it.each(['/dataset/nothing', '/dataset/../../etc', '/elsewhere', '/distribution/x.7', '/catalog/other'])(
    'has nothing at %s',
    async (path) => {
      await expect(pointOf(recordRig({ patients: 1, segmented: 0, clinical: 0 }))(path)).rejects.toMatchObject({
        status: 404,
      });
    },
  );

  it('is read-only, and calls itself by the address that is set', async () => {
    const rig = recordRig({ patients: 1, segmented: 0, clinical: 0 });
    await expect(pointOf(rig)('/', '*/*', 'POST')).rejects.toMatchObject({ status: 405 });
    const ask = pointOf(rig, { 'fdp.address': 'https://fdp.hospital.example/' });
    expect((await ask('/')).body).toContain('<https://fdp.hospital.example> a fdpo:FAIRDataPoint');
  });

  it('wants a token for it, or a user of the console; anybody only where the setting says so', async () => {
    const rig = await apiRig();
    const fdp = (headers = {}) => raw(rig.url, '/fdp', { headers: { accept: 'text/turtle', ...headers } });
    expect(await fdp()).toMatchObject({ status: 401 });
    const { text } = rig.foundation.tokens.add({ name: 'harvester', scopes: ['fdp'], days: 1 }, 'anna');
    expect(await fdp({ authorization: `Bearer ${text}` })).toMatchObject({ status: 200 });
    const other = rig.foundation.tokens.add({ name: 'scanner', scopes: ['stow'], days: 1 }, 'anna');
    expect(await fdp({ authorization: `Bearer ${other.text}` })).toMatchObject({ status: 403 });
    expect(await fdp({ cookie: await rig.cookieOf('vera', 'viewer') })).toMatchObject({ status: 200 });
    const records = recordRig({ patients: 1, segmented: 0, clinical: 0 });
    const open = await apiRig({ mounts: [fdpMount(records.records, { ...records.settings, 'fdp.access': 'open' })] });
    expect(await raw(open.url, '/fdp', { headers: { accept: 'text/turtle' } })).toMatchObject({ status: 200 });
  });
});

describe('the form a reader is given', () => {
  const offered = ['text/turtle', 'application/ld+json', 'text/html'] as const;
  it.each([
    [undefined, 'text/turtle'],
    ['', 'text/turtle'],
    ['*/*', 'text/turtle'],
    ['text/*;q=0.5, application/ld+json', 'application/ld+json'],
    ['text/html, */*;q=0.1', 'text/html'],
    ['text/turtle;q=0, */*', 'application/ld+json'],
    ['image/png', undefined],
    ['text/turtle;q=2', undefined],
  ])('for Accept %j is %s', (accept, form) => {
    expect(negotiate(accept, offered)).toBe(form);
  });
});

describe('records through the API', () => {
  it('are answered by an administrator in draft, read by a viewer, and saved as files that say they are drafts', async () => {
    const rig = await apiRig();
    seedPatients(rig.foundation);
    const [anna, vera] = [await rig.signedIn('anna', 'administrator'), await rig.signedIn('vera', 'viewer')];
    const { keywords: _, ...body } = BREAST;
    const { id } = await anna.call('draftDataset', { body });
    const form = await vera.call('getRecordForm', { params: { id } });
    expect(form.findings.filter(({ severity }) => severity === 'violation')).toMatchObject([
      { property: 'dcat:keyword' },
    ]);
    expect(form.labels['https://hyperontology.eucaim.cancerimage.eu/#IMG1000022']).toMatch(/magnetic resonance/i);
    const answers = { ...form.answers, 'dcat:keyword': [{ text: 'breast', language: 'en' }] };
    await expect(vera.call('saveRecord', { params: { id }, body: { version: 0, answers } })).rejects.toMatchObject({
      status: 403,
    });
    const saved = await anna.call('saveRecord', { params: { id }, body: { version: 0, answers } });
    expect(saved).toMatchObject({ version: 1, savedBy: 'anna' });
    expect(saved.findings.map(({ severity }) => severity)).toEqual(['warning']);
    await expect(anna.call('saveRecord', { params: { id }, body: { version: 0, answers } })).rejects.toMatchObject({
      status: 409,
    });
    await expect(
      anna.call('saveRecord', { params: { id }, body: { version: 1, answers: { 'dct:title': ['x'.repeat(9000)] } } }),
    ).rejects.toMatchObject({ status: 400 });

    const cookie = await rig.cookieOf('carl', 'viewer');
    for (const [extension, type] of [
      ['ttl', 'text/turtle'],
      ['jsonld', 'application/ld+json'],
      ['xlsx', 'application/vnd.openxml'],
    ]) {
      const file = await raw(rig.url, `/api/v1/datasets/${id}/record.${extension}`, { headers: { cookie } });
      expect(file.status).toBe(200);
      expect(file.headers['content-type']).toContain(type);
      expect(file.headers['content-disposition']).toBe(`attachment; filename="${id}-draft.${extension}"`);
      expect(await raw(rig.url, `/api/v1/datasets/${id}/record.${extension}`)).toMatchObject({ status: 401 });
    }
    const shapes = await raw(rig.url, '/api/v1/record/shapes.ttl', { headers: { cookie } });
    expect(shapes.text).toContain('shape:dataset a sh:NodeShape');
    expect(await raw(rig.url, '/api/v1/datasets/none/record.ttl', { headers: { cookie } })).toMatchObject({
      status: 404,
    });
    expect(rig.faults).toEqual([]);
  });

  it('of the site are answered by an administrator, in one form', async () => {
    const rig = await apiRig();
    const [anna, vera] = [await rig.signedIn('anna', 'administrator'), await rig.signedIn('vera', 'viewer')];
    const site = await vera.call('getSiteRecord');
    expect(site).toMatchObject({ version: 0, savedBy: null, dataset: {}, catalogue: {} });
    const body = { version: 0, catalogue: { 'dct:title': [{ text: 'Ours', language: 'en' }] }, dataset: {} };
    await expect(vera.call('saveSiteRecord', { body })).rejects.toMatchObject({ status: 403 });
    expect(await anna.call('saveSiteRecord', { body })).toMatchObject({
      version: 1,
      savedBy: 'anna',
      catalogue: body.catalogue,
    });
    const table = await vera.call('getRecordTable');
    expect(table.shapes.dataset?.properties.length).toBeGreaterThan(60);
    const wrong = await raw(rig.url, '/api/v1/record/site', {
      ...json(
        'PUT',
        { ...body, version: 1, catalogue: { 'x:y': ['z'] } },
        { cookie: await rig.cookieOf('dora', 'administrator') },
      ),
    });
    expect(wrong).toMatchObject({ status: 400, json: { detail: 'The catalogue has no property x:y.' } });
  });
});

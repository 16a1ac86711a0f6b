import { describe, expect, it } from 'vitest';
import { apiRig } from './rig.ts';

const TABLE = 'code,spelling\nIMG1000044,Acme Magnetom\n';

describe('tables of codes', () => {
  it('are listed for everybody with version, edition and source, and imported by administrators alone', async () => {
    const rig = await apiRig();
    const vera = await rig.signedIn('vera', 'viewer');
    const { tables, waitingValues } = await vera.call('listVocabularies');
    expect(tables.map(({ name }) => name)).toEqual([
      'hyper-ontology',
      'modality',
      'body-part',
      'manufacturer',
      'sex',
      'laterality',
      'condition',
    ]);
    for (const table of tables)
      expect(table).toMatchObject({ imported: null, edition: expect.stringContaining('EUCAIM') });
    expect(waitingValues).toBe(0);
    const body = { text: TABLE, table: 'manufacturer' };
    await expect(vera.call('previewVocabulary', { body })).rejects.toMatchObject({ status: 403 });
    await expect(vera.call('importVocabulary', { body: { ...body, versionBefore: 'x' } })).rejects.toMatchObject({
      status: 403,
    });
    await expect(vera.call('restoreVocabulary', { params: { name: 'sex' } })).rejects.toMatchObject({ status: 403 });
  });

  it('are looked at before they come into use, and the audit log says who did it and what changed', async () => {
    const rig = await apiRig();
    const anna = await rig.signedIn('anna', 'administrator');
    const body = { text: TABLE, table: 'manufacturer', version: 'site-1' };
    const { accepted, change } = await anna.call('previewVocabulary', { body });
    expect(accepted).toBe(true);
    expect(change).toMatchObject({
      name: 'manufacturer',
      version: 'site-1',
      addedCount: 0,
      changedCount: 1,
      removedCount: 0,
    });
    expect(rig.foundation.tableShelf.isImported('manufacturer')).toBe(false);
    const versionBefore = change?.versionBefore ?? '';
    await anna.call('importVocabulary', { body: { ...body, versionBefore } });
    const { tables } = await anna.call('listVocabularies');
    expect(tables.find(({ name }) => name === 'manufacturer')).toMatchObject({
      version: 'site-1',
      imported: { by: 'anna' },
    });
    const { rows } = await anna.call('listAudit', { query: { limit: 50 } });
    expect(rows).toContainEqual(
      expect.objectContaining({
        actor: 'anna',
        action: 'vocabulary.imported',
        subject: 'manufacturer site-1',
        detail: `instead of ${versionBefore}: 0 added, 1 changed, 0 removed`,
      }),
    );
    // Somebody else was faster.
    await expect(
      anna.call('importVocabulary', { body: { ...body, version: 'site-2', versionBefore } }),
    ).rejects.toMatchObject({ status: 409 });
    await anna.call('restoreVocabulary', { params: { name: 'manufacturer' } });
    expect(rig.foundation.tableShelf.isImported('manufacturer')).toBe(false);
    await expect(anna.call('restoreVocabulary', { params: { name: 'manufacturer' } })).rejects.toMatchObject({
      status: 409,
    });
  });

  it('with mistakes are refused with every line, and nothing of them is imported', async () => {
    const rig = await apiRig();
    const anna = await rig.signedIn('anna', 'administrator');
    const body = { text: 'code,spelling\nIMG1,X\nIMG1000044,\n', table: 'manufacturer' };
    const { accepted, problems, problemCount, change } = await anna.call('previewVocabulary', { body });
    expect({ accepted, problemCount, change }).toEqual({ accepted: false, problemCount: 2, change: null });
    expect(problems.map(({ line, column }) => [line, column])).toEqual([
      [2, 'code'],
      [3, 'spelling'],
    ]);
    await expect(anna.call('importVocabulary', { body: { ...body, versionBefore: '' } })).rejects.toMatchObject({
      status: 400,
    });
    expect(rig.foundation.tableShelf.isImported('manufacturer')).toBe(false);
  });

  it('explain a code of either generation, and come back as the file that is imported', async () => {
    const rig = await apiRig();
    const vera = await rig.signedIn('vera', 'viewer');
    expect(await vera.call('explainCode', { params: { code: 'COM1000180' } })).toMatchObject({
      code: 'COM1001366',
      label: 'Male',
      vocabularies: [{ table: 'sex' }],
    });
    await expect(vera.call('explainCode', { params: { code: 'COM1' } })).rejects.toMatchObject({ status: 404 });
    const { fileName, text } = await vera.call('exportVocabulary', { params: { name: 'sex' } });
    expect(fileName).toBe('sex.csv');
    expect(text).toMatch(/^# table: sex\n/u);
    await expect(vera.call('exportVocabulary', { params: { name: '..' } })).rejects.toMatchObject({
      status: expect.any(Number),
    });
  });

  it('may give a concept another code of the hub', async () => {
    const rig = await apiRig();
    const anna = await rig.signedIn('anna', 'administrator');
    const { text } = await anna.call('exportVocabulary', { params: { name: 'manufacturer' } });
    const newer = text.replace('birnlex_3067', 'birnlex_3067|birnlex_9').replace(/# version: .*/u, '# version: site-3');
    const { change } = await anna.call('previewVocabulary', { body: { text: newer } });
    await anna.call('importVocabulary', { body: { text: newer, versionBefore: change?.versionBefore ?? '' } });
    const table = rig.foundation.tableShelf.vocabularies().manufacturer;
    expect(table.concepts.find(({ hub }) => hub.includes('birnlex_9'))?.code).toBe('IMG1000045');
  });
});

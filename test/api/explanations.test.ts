import { copyFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DataElement } from '../../node-agent/dicom/data-set.ts';
import { ctElements, text, writeSource } from '../deidentify/fixtures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { apiRig } from './rig.ts';

/** A node with a CT of an invented patient in quarantine. */
async function rigWithStopped(...elements: readonly DataElement[]) {
  const rig = await apiRig();
  const { ledger, spool } = rig.foundation;
  const { source } = await writeSource(temporaryFolder(), ctElements(...elements));
  const { objectId } = spool.newObject();
  copyFileSync(source, spool.quarantinePathOf(objectId));
  ledger.admit([{ objectId, source: 'import', instanceKey: 'i', contentHash: 'c', bytes: 1 }]);
  ledger.claim(1);
  ledger.settle(objectId, { state: 'quarantined', cause: 'residual-identifier', detail: undefined });
  return { rig, objectId };
}

describe('the explanation of a quarantined object', () => {
  it('says attribute by attribute what is done by which rule, and no value of it, and is audited', async () => {
    const { rig, objectId } = await rigWithStopped(text('StudyDescription', 'LO', 'CT Thorax Quastenberg'));
    const otto = await rig.signedIn('otto', 'officer');
    const explained = await otto.call('explainObject', { params: { id: objectId }, query: {} });
    expect(explained).toMatchObject({ objectId, profile: 'eucaim', refusal: null });
    const name = explained.attributes.find(({ path }) => path === '(0010,0010)');
    expect(name).toMatchObject({ name: expect.any(String), vr: 'PN', action: expect.any(String) });
    expect(explained.attributes.length).toBeGreaterThan(20);
    expect(JSON.stringify(explained)).not.toMatch(/Quastenberg|MRN-4711|Papadopoulos|Thorax/iu);
    const anna = await rig.signedIn('anna', 'administrator');
    const { rows } = await anna.call('listAudit', { query: { limit: 20 } });
    expect(rows).toContainEqual(
      expect.objectContaining({ actor: 'otto', action: 'object.explained', subject: objectId, detail: 'eucaim' }),
    );
  });

  it('is of another shipped profile where that is asked for', async () => {
    const { rig, objectId } = await rigWithStopped();
    const otto = await rig.signedIn('otto', 'officer');
    const ask = (profile: string) => otto.call('explainObject', { params: { id: objectId }, query: { profile } });
    expect(await ask('basic')).toMatchObject({ profile: 'basic' });
    await expect(ask('../../etc/passwd')).rejects.toMatchObject({ status: 400 });
    await expect(ask('lenient')).rejects.toMatchObject({ status: 400, message: expect.stringContaining('eucaim') });
  });

  it('names the cause for which the whole object is kept back', async () => {
    const { rig, objectId } = await rigWithStopped(text('BurnedInAnnotation', 'CS', 'YES'));
    const otto = await rig.signedIn('otto', 'officer');
    const { refusal } = await otto.call('explainObject', { params: { id: objectId }, query: {} });
    expect(refusal).toMatchObject({ cause: 'burned-in-text', sentence: expect.any(String), fix: expect.any(String) });
  });

  it('is not for viewers, and not of an object that is not there', async () => {
    const { rig, objectId } = await rigWithStopped();
    const [vera, otto] = [await rig.signedIn('vera', 'viewer'), await rig.signedIn('otto', 'officer')];
    const of = (id: string) => ({ params: { id }, query: {} });
    await expect(vera.call('explainObject', of(objectId))).rejects.toMatchObject({ status: 403 });
    await expect(otto.call('explainObject', of('nothing'))).rejects.toMatchObject({ status: 404 });
  });
});

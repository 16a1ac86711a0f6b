import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Catalogue } from '../../node-agent/catalogue/catalogue.ts';
import { filesIn, indexedFile, pipelineRig } from './rig.ts';

describe('settlement', () => {
  it('settles nothing while the words of an object cannot be counted, so that no name is missed among them', async () => {
    const rig = await pipelineRig();
    const objectId = await rig.receive();
    rig.ledger.claim(1);
    const unknown = [{ word: 'ZZPROT7', folded: 'zzprot7', attribute: 'ProtocolName' }];
    const outcome = { ...rig.deidentified(objectId), words: { unknown, identifying: ['kirchgruber'] } };
    const note = () => {
      throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
    };
    await expect(rig.settlement({ siteWords: { note } }).settle([{ objectId, outcome }])).rejects.toThrow('full');
    expect(rig.ledger.counts()).toMatchObject({ indexed: 0, waiting: 1 });
    await rig.settlement().settle([{ objectId, outcome }]);
    expect(rig.ledger.counts()).toMatchObject({ indexed: 1, waiting: 0 });
    expect(rig.siteWords.list('proposed', 1)).toMatchObject([{ word: 'ZZPROT7', objects: 1, patients: 1 }]);
  });

  it('gives a clean object its place, its index rows and its state, and removes the original', async () => {
    const rig = await pipelineRig();
    const objectId = await rig.receive();
    rig.ledger.claim(1);
    const outcome = rig.deidentified(objectId, {}, 'clean bytes');
    await rig.settlement().settle([{ objectId, outcome }]);

    expect(rig.ledger.find(objectId)?.state).toBe('indexed');
    expect(indexedFile(rig, objectId)).toBe('clean bytes');
    expect(filesIn(rig.root, 'spool')).toEqual([]);
    expect(rig.identities.lookUp(outcome.pseudonym)).toEqual(outcome.identity);
  });

  it('moves the original of a stopped object to quarantine with its cause', async () => {
    const rig = await pipelineRig();
    const objectId = await rig.receive('the original');
    rig.ledger.claim(1);
    writeFileSync(rig.objects.incomingPath(objectId), 'half a copy');
    const outcome = { kind: 'quarantined', cause: 'burned-in-text', detail: 'US image' } as const;
    await rig.settlement().settle([{ objectId, outcome }]);

    expect(rig.ledger.find(objectId)).toMatchObject({
      state: 'quarantined',
      cause: 'burned-in-text',
      detail: 'US image',
    });
    expect(filesIn(rig.root, 'quarantine')).toEqual([`${objectId}.dcm`]);
    expect(filesIn(rig.root, 'spool')).toEqual([]);
    expect(filesIn(rig.root, 'objects')).toEqual([]);
  });

  it('keeps index and ledger in step: when the index fails in the middle of a group, neither has any of it', async () => {
    const rig = await pipelineRig();
    const ids = [await rig.receive(), await rig.receive(), await rig.receive()];
    rig.ledger.claim(3);
    const catalogue = new Catalogue(rig.indexDatabase);
    const add = catalogue.add.bind(catalogue);
    let calls = 0;
    catalogue.add = (...words) => {
      calls += 1;
      if (calls === 2) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
      add(...words);
    };
    const group = ids.map((objectId) => ({ objectId, outcome: rig.deidentified(objectId) }));
    const settlement = rig.settlement({ catalogue });
    await expect(settlement.settle(group)).rejects.toThrow('full');
    expect(rig.catalogue.counts().instances).toBe(0);
    expect(rig.ledger.counts()).toMatchObject({ indexed: 0, waiting: 3 });

    await settlement.giveBack(ids);
    expect(rig.ledger.claim(3)).toHaveLength(3);
    const again = ids.map((objectId, index) => ({
      objectId,
      outcome: rig.deidentified(objectId, { instanceUid: group[index]!.outcome.description.instanceUid }),
    }));
    await settlement.settle(again);
    expect(rig.ledger.counts()).toMatchObject({ received: 3, indexed: 3, waiting: 0 });
    expect(filesIn(rig.root, 'objects')).toHaveLength(3);
  });

  it('never overwrites an indexed object with another of the same UID', async () => {
    const rig = await pipelineRig();
    const [first, second] = [await rig.receive('first'), await rig.receive('second')];
    rig.ledger.claim(2);
    const same = { instanceUid: '2.25.77' };
    await rig.settlement().settle([{ objectId: first, outcome: rig.deidentified(first, same, 'the first') }]);
    await rig.settlement().settle([{ objectId: second, outcome: rig.deidentified(second, same, 'the second') }]);

    expect(indexedFile(rig, first)).toBe('the first');
    expect(rig.ledger.find(first)?.state).toBe('indexed');
    expect(rig.ledger.find(second)).toMatchObject({ state: 'quarantined', cause: 'duplicate-instance' });
    expect(filesIn(rig.root, 'quarantine')).toEqual([`${second}.dcm`]);
  });

  it('keeps the first of two objects of one UID that come in the same group', async () => {
    const rig = await pipelineRig();
    const [first, second] = [await rig.receive('first'), await rig.receive('second')];
    rig.ledger.claim(2);
    const same = { instanceUid: '2.25.78' };
    await rig.settlement().settle([
      { objectId: first, outcome: rig.deidentified(first, same, 'the first') },
      { objectId: second, outcome: rig.deidentified(second, same, 'the second') },
    ]);
    expect(indexedFile(rig, first)).toBe('the first');
    expect(rig.ledger.find(second)).toMatchObject({ state: 'quarantined', cause: 'duplicate-instance' });
    expect(filesIn(rig.root, 'objects')).toHaveLength(1);
  });

  it('sets an object aside that contradicts what is indexed, with the cause, and indexes the rest of its group', async () => {
    const rig = await pipelineRig();
    const ids = [await rig.receive(), await rig.receive(), await rig.receive()];
    rig.ledger.claim(3);
    const [one, other, third] = ids as [string, string, string];
    await rig.settlement().settle([
      { objectId: one, outcome: rig.deidentified(one, { instanceUid: '2.25.1.1' }) },
      {
        objectId: other,
        outcome: rig.deidentified(other, { patientId: 'GH-0000000000000009', instanceUid: '2.25.1.2' }),
      },
      { objectId: third, outcome: rig.deidentified(third, { instanceUid: '2.25.1.3' }) },
    ]);
    expect(rig.ledger.counts()).toMatchObject({ indexed: 2, quarantined: 1 });
    expect(rig.ledger.find(other)?.cause).toBe('patient-mismatch');
    expect(filesIn(rig.root, 'objects')).toHaveLength(2);
    expect(filesIn(rig.root, 'quarantine')).toEqual([`${other}.dcm`]);
  });

  it('writes nothing under a pseudonym that stands for somebody else', async () => {
    const rig = await pipelineRig();
    const objectId = await rig.receive();
    rig.ledger.claim(1);
    const outcome = rig.deidentified(objectId);
    rig.identities.remember(outcome.pseudonym, { patientId: 'another' });
    await rig.settlement().settle([{ objectId, outcome }]);
    expect(rig.ledger.find(objectId)).toMatchObject({ state: 'quarantined', cause: 'pseudonym-collision' });
    expect(rig.catalogue.counts().instances).toBe(0);
    expect(filesIn(rig.root, 'objects')).toEqual([]);
  });

  it.each(['before', 'while its file gets its place'])(
    'keeps nothing of an object whose patient objects %s',
    async (when) => {
      const rig = await pipelineRig();
      const objectId = await rig.receive();
      rig.ledger.claim(1);
      const outcome = rig.deidentified(objectId);
      const { patientId } = outcome.identity;
      const objects = rig.objects;
      const place = objects.place.bind(objects);
      objects.place = async (...words) => {
        const changed = await place(...words);
        if (when !== 'before') rig.optOuts.enter({ patientId, issuer: undefined }, 'somebody');
        return changed;
      };
      if (when === 'before') rig.optOuts.enter({ patientId, issuer: undefined }, 'somebody');
      await rig.settlement().settle([{ objectId, outcome }]);
      expect(rig.ledger.find(objectId)).toMatchObject({ state: 'withdrawn', cause: 'opted-out' });
      expect(rig.catalogue.counts().instances).toBe(0);
      for (const folder of ['spool', 'quarantine', 'objects'] as const) expect(filesIn(rig.root, folder)).toEqual([]);
    },
  );

  it('keeps no stopped original of a patient who has objected meanwhile', async () => {
    const rig = await pipelineRig();
    const objectId = await rig.receive('the original');
    rig.ledger.claim(1);
    rig.optOuts.enter({ patientId: 'GONE', issuer: 'NORTH' }, 'somebody');
    const stopped = { kind: 'quarantined', cause: 'burned-in-text', detail: undefined } as const;
    const other = await rig.receive('another original');
    rig.ledger.claim(1);
    await rig.settlement().settle([
      { objectId, outcome: { ...stopped, patient: { patientId: 'GONE', issuer: 'NORTH' } } },
      { objectId: other, outcome: { ...stopped, patient: { patientId: 'GONE', issuer: 'SOUTH' } } },
    ]);
    expect(rig.ledger.find(objectId)).toMatchObject({ state: 'withdrawn', cause: 'opted-out' });
    expect(filesIn(rig.root, 'quarantine')).toEqual([`${other}.dcm`]);
    expect(filesIn(rig.root, 'spool')).toEqual([]);
  });

  it('accepts no identifier as the name of a file that could leave the folder', async () => {
    const rig = await pipelineRig();
    const objectId = await rig.receive();
    rig.ledger.claim(1);
    const outcome = rig.deidentified(objectId, { seriesUid: '../../../etc' });
    await rig.settlement().settle([{ objectId, outcome }]);
    expect(rig.ledger.find(objectId)).toMatchObject({ state: 'quarantined', cause: 'unsafe-identifier' });
  });

  it('gives the objects back when their folder cannot be written, and takes them when it can', async () => {
    const rig = await pipelineRig();
    const objectId = await rig.receive();
    rig.ledger.claim(1);
    const outcome = rig.deidentified(objectId);
    const inTheWay = join(rig.root, 'objects', outcome.pseudonym);
    writeFileSync(inTheWay, 'a file where a folder belongs');
    const settlement = rig.settlement();
    await expect(settlement.settle([{ objectId, outcome }])).rejects.toThrow(/EEXIST|ENOTDIR/);
    await settlement.giveBack([objectId]);
    expect(rig.ledger.find(objectId)?.state).toBe('received');
    expect(filesIn(rig.root, 'spool')).toEqual([`${objectId}.dcm`]);

    rmSync(inTheWay);
    rig.ledger.claim(1);
    await settlement.settle([{ objectId, outcome: rig.deidentified(objectId, outcome.description) }]);
    expect(rig.ledger.find(objectId)?.state).toBe('indexed');
  });

  it('removes what a worker that was ended left beside an object, and nothing of another', async () => {
    const rig = await pipelineRig();
    const ids = [await rig.receive(), await rig.receive()];
    rig.ledger.claim(2);
    for (const objectId of ids) {
      rig.deidentified(objectId);
      writeFileSync(`${rig.objects.incomingPath(objectId)}-inflated-1.tmp`, 'the inflated original');
    }
    const [first = '', second = ''] = ids;
    const outcome = { kind: 'quarantined', cause: 'time-limit', detail: undefined } as const;
    await rig.settlement().settle([{ objectId: first, outcome }]);
    expect(filesIn(rig.root, 'objects').filter((name) => name.startsWith(first))).toEqual([]);
    expect(filesIn(rig.root, 'objects').filter((name) => name.startsWith(second))).toHaveLength(2);
  });

  it('gives the other objects back when one leftover cannot be removed', async () => {
    const rig = await pipelineRig();
    const ids = [await rig.receive(), await rig.receive()];
    rig.ledger.claim(2);
    for (const objectId of ids) rig.deidentified(objectId);
    const stuck = rig.objects.incomingPath(ids[0]!);
    rmSync(stuck);
    mkdirSync(stuck);
    await rig.settlement().giveBack(ids);
    expect(ids.map((objectId) => rig.ledger.find(objectId)?.state)).toEqual(['received', 'received']);
  });
});

import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFolder } from '../../../node-agent/intake/import/folder-import.ts';
import { part10Head } from '../../../node-agent/intake/part10-head.ts';
import { corpus } from '../../support/corpus.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { CT_STORAGE, dataSet, EXPLICIT_LITTLE, RawPeer, store } from '../receiver/raw-peer.ts';
import { databaseText, intakeRig, type Rig } from '../rig.ts';

function dicomFile(uid: string, text = 'synthetic', sopClassUid = CT_STORAGE): Buffer {
  const head = part10Head({
    sopClassUid,
    sopInstanceUid: uid,
    transferSyntaxUid: EXPLICIT_LITTLE,
    sourceAeTitle: 'TEST',
  });
  return Buffer.concat([head, dataSet(uid, text)]);
}

function run(rig: Rig, folder: string, signal?: AbortSignal) {
  return importFolder(folder, { ...rig, temporaryFolder: rig.folder.spool, ...(signal ? { signal } : {}) });
}

/** Every file is a ledger row or a resend. */
function rowsAndResends(rig: Rig, resent: number): number {
  return rig.ledger.counts().received + resent;
}

describe('folder import', () => {
  it('takes objects byte for byte, whatever their files are called', async () => {
    const rig = await intakeRig({ listen: false });
    const source = temporaryFolder();
    const whole = dicomFile('1.2.7654321.1');
    mkdirSync(join(source, 'Jane Secret', 'series'), { recursive: true });
    writeFileSync(join(source, 'Jane Secret', 'series', 'IM0001'), whole);
    writeFileSync(join(source, 'Jane Secret', 'bare.bin'), dataSet('1.2.7654321.2'));
    expect(await run(rig, source)).toEqual({ files: 2, accepted: 2, resent: 0, conflicts: 0, refused: 0 });
    const rows = rig.ledger.list('received', { limit: 10, offset: 0 });
    const kept = rows.map(({ objectId }) => readFileSync(rig.spool.pathOf(objectId)).toString('hex')).sort();
    expect(kept).toEqual([whole.toString('hex'), dataSet('1.2.7654321.2').toString('hex')].sort());
    expect(rows.every(({ source: from }) => from === 'import')).toBe(true);
    const everything = rig.log.join('\n') + databaseText(rig);
    expect(everything).toContain(CT_STORAGE);
    expect(everything).not.toMatch(/Secret|IM0001|7654321/);
  });

  it('records what it does not take, with the cause, and counts it once', async () => {
    const rig = await intakeRig({ listen: false });
    const source = temporaryFolder();
    writeFileSync(join(source, 'notes.txt'), 'Patient Jane Secret came on Monday.');
    writeFileSync(join(source, 'empty'), '');
    writeFileSync(join(source, 'DICOMDIR'), dicomFile('1.2.9', 'x', '1.2.840.10008.1.3.10'));
    const first = await run(rig, source);
    expect(first).toEqual({ files: 3, accepted: 0, resent: 0, conflicts: 0, refused: 3 });
    await run(rig, source);
    expect(rig.ledger.counts()).toMatchObject({ received: 3, rejected: 3 });
    expect(rig.ledger.countByCause('rejected')).toEqual([
      { cause: 'not-dicom', count: 2 },
      { cause: 'dicomdir', count: 1 },
    ]);
    expect(rig.spool.list()).toEqual([]);
  });

  it('keeps damaged DICOM for the quarantine', async () => {
    const rig = await intakeRig({ listen: false });
    const source = temporaryFolder();
    writeFileSync(join(source, 'a'), Buffer.concat([dicomFile('1.2.1').subarray(0, 140), Buffer.alloc(500, 0xee)]));
    expect(await run(rig, source)).toMatchObject({ files: 1, accepted: 1 });
    expect(rig.ledger.counts().waiting).toBe(1);
  });

  it('records no SOP class that the standard does not list, whatever stands in its place', async () => {
    const rig = await intakeRig({ listen: false });
    const source = temporaryFolder();
    const classes = ['1.2.3.WINTERBERG', '1.2.276.0.555.4711', '1.2.840.10008.5.1.4.1.1.4'];
    for (const [index, sopClassUid] of classes.entries()) {
      // Without a class in the data set, that of the File Meta Information counts.
      const whole = dicomFile(`1.2.7654321.${index}`, 'x', sopClassUid);
      const start = whole.length - dataSet(`1.2.7654321.${index}`, 'x').length;
      const classElement = 8 + CT_STORAGE.length + (CT_STORAGE.length % 2);
      writeFileSync(
        join(source, `${index}`),
        Buffer.concat([whole.subarray(0, start), whole.subarray(start + classElement)]),
      );
    }
    expect(await run(rig, source)).toMatchObject({ files: 3, accepted: 3 });
    const rows = rig.ledger.list('received', { limit: 10, offset: 0 });
    expect(rows.map(({ sopClassUid }) => sopClassUid).sort()).toEqual(['1.2.840.10008.5.1.4.1.1.4', null, null]);
    expect(databaseText(rig)).not.toMatch(/WINTERBERG|4711|7654321/);
  });

  it('recognises what came before, also over DIMSE', async () => {
    const rig = await intakeRig();
    const peer = await RawPeer.associate(rig.port);
    peer.send(store('1.2.1', dataSet('1.2.1')));
    expect((await peer.response()).status).toBe(0);
    const source = temporaryFolder();
    writeFileSync(join(source, 'a'), dicomFile('1.2.1'));
    writeFileSync(join(source, 'b'), dicomFile('1.2.1', 'other'));
    expect(await run(rig, source)).toEqual({ files: 2, accepted: 2, resent: 1, conflicts: 1, refused: 0 });
  });

  it('decides a conflict in the order of the names', async () => {
    for (let round = 0; round < 3; round += 1) {
      const rig = await intakeRig({ listen: false });
      const source = temporaryFolder();
      for (const name of ['d', 'b', 'a', 'c']) writeFileSync(join(source, name), dicomFile('1.2.1', `text ${name}`));
      expect(await run(rig, source)).toMatchObject({ files: 4, conflicts: 3 });
      const [kept] = rig.ledger.list('received', { limit: 1, offset: 0 });
      expect(readFileSync(rig.spool.pathOf(kept?.objectId ?? ''), 'latin1')).toContain('text a');
    }
  });

  it('follows links inside the folder once, none that lead out of it, and does not go round in circles', async () => {
    const rig = await intakeRig({ listen: false });
    const source = temporaryFolder();
    mkdirSync(join(source, 'x'));
    writeFileSync(join(source, 'x', 'a'), dicomFile('1.2.1'));
    symlinkSync(source, join(source, 'x', 'up'));
    symlinkSync(join(source, 'x'), join(source, 'y'));
    symlinkSync(join(source, 'nowhere'), join(source, 'dangling'));
    const elsewhere = temporaryFolder();
    writeFileSync(join(elsewhere, 'b'), dicomFile('1.2.2'));
    symlinkSync(elsewhere, join(source, 'out'));
    symlinkSync(join(elsewhere, 'b'), join(source, 'out-file'));
    expect(await run(rig, source)).toMatchObject({ files: 1, accepted: 1 });
  });

  it('stops with a reason when the disk is nearly full, the folder is missing, or it is told to', async () => {
    const rig = await intakeRig({ listen: false, reserveBytes: 10 });
    const source = temporaryFolder();
    writeFileSync(join(source, 'a'), dicomFile('1.2.1'));
    await expect(run(rig, join(source, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(run(rig, source, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
    rig.free = 1;
    await new Promise((resolve) => setTimeout(resolve, 1_050)); // the disk is looked at once a second
    await expect(run(rig, source)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(rig.ledger.counts().received).toBe(0);
  });

  const files = corpus();
  it.skipIf(!files)('accounts for every file of the corpus, on the second run as resends', async () => {
    const rig = await intakeRig({ listen: false });
    const source = temporaryFolder();
    for (const file of files ?? []) {
      mkdirSync(join(source, file.theme), { recursive: true });
      cpSync(file.path, join(source, file.name));
    }
    const first = await run(rig, source);
    expect(first.files).toBe(files?.length);
    expect(rowsAndResends(rig, first.resent)).toBe(files?.length);
    const counts = rig.ledger.counts();
    const second = await run(rig, source);
    expect(second).toMatchObject({ files: first.files, accepted: first.accepted, resent: first.accepted });
    expect(rig.ledger.counts()).toEqual(counts);
    expect(rig.spool.list()).toHaveLength(counts.waiting);
  });
});

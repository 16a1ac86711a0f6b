import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFolder } from '../../../node-agent/intake/import/folder-import.ts';
import { WatchedFolder, type WatchedFolderParts } from '../../../node-agent/intake/import/watched-folder.ts';
import { part10Head } from '../../../node-agent/intake/part10-head.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { CT_STORAGE, dataSet, EXPLICIT_LITTLE } from '../receiver/raw-peer.ts';
import { intakeRig } from '../rig.ts';

const STABLE = 10_000;

function dicomFile(uid: string): Buffer {
  const values = {
    sopClassUid: CT_STORAGE,
    sopInstanceUid: uid,
    transferSyntaxUid: EXPLICIT_LITTLE,
    sourceAeTitle: 'T',
  };
  return Buffer.concat([part10Head(values), dataSet(uid)]);
}

/** A watched folder whose clock the test turns. */
async function watched(changes: Partial<WatchedFolderParts> = {}) {
  const rig = await intakeRig({ listen: false });
  const folder = temporaryFolder();
  let now = 0;
  const watch = new WatchedFolder({
    folder,
    everyMilliseconds: 1_000_000,
    stableMilliseconds: STABLE,
    keepDone: true,
    objection: () => (existsSync(folder) ? undefined : 'The folder does not exist.'),
    importFile: (path, signal) => importFolder(path, { ...rig, temporaryFolder: rig.folder.spool, signal }),
    logger: rig.logger,
    now: () => now,
    ...changes,
  });
  const look = async (after = 0) => {
    now += after;
    await watch.look();
  };
  return { rig, folder, watch, look };
}

const below = (folder: string) => (readdirSync(folder, { recursive: true }) as string[]).sort();

describe('a watched folder', () => {
  it('takes a file once it has been the same for long enough, and keeps it under "done"', async () => {
    const { rig, folder, look } = await watched();
    mkdirSync(join(folder, 'Jane Secret'));
    writeFileSync(join(folder, 'Jane Secret', 'IM1.dcm'), dicomFile('1.2.71.1'));
    await look();
    await look(STABLE - 1);
    expect(rig.ledger.counts().received).toBe(0);
    await look(1);
    expect(rig.ledger.counts()).toMatchObject({ received: 1, waiting: 1 });
    expect(below(folder)).toContain(join('done', 'Jane Secret', 'IM1.dcm'));
    expect(existsSync(join(folder, 'Jane Secret', 'IM1.dcm'))).toBe(false);
    await look(STABLE);
    await look(STABLE);
    expect(rig.ledger.counts().received).toBe(1);
    expect(rig.log.join('\n')).not.toMatch(/Secret|IM1|1\.2\.71/u);
  });

  it('does not take a file that is still being written', async () => {
    const { rig, folder, look } = await watched();
    const [file, whole] = [join(folder, 'growing'), dicomFile('1.2.71.2')];
    for (let part = 1; part <= 4; part += 1) {
      writeFileSync(file, whole.subarray(0, Math.ceil((whole.length * part) / 4)));
      utimesSync(file, part, part);
      await look(STABLE);
    }
    expect(rig.ledger.counts().received).toBe(0);
    await look(STABLE);
    expect(rig.ledger.counts()).toMatchObject({ received: 1, waiting: 1 });
  });

  it('puts what is no DICOM object under "refused", with its cause in the ledger', async () => {
    const { rig, folder, look } = await watched();
    for (const round of [1, 2]) {
      writeFileSync(join(folder, 'letter.txt'), `not an image ${round}`);
      await look();
      await look(STABLE);
    }
    expect(below(folder)).toEqual(['refused', join('refused', 'letter-2.txt'), join('refused', 'letter.txt')]);
    expect(rig.ledger.counts()).toMatchObject({ received: 2, rejected: 2 });
  });

  it('counts a file once that it had taken in when the node was killed', async () => {
    const { rig, folder, look } = await watched({ keepDone: false });
    writeFileSync(join(folder, 'a'), dicomFile('1.2.71.3'));
    await importFolder(join(folder, 'a'), { ...rig, temporaryFolder: rig.folder.spool }); // and then no move came
    await look();
    await look(STABLE);
    expect(below(folder)).toEqual([]);
    expect(rig.ledger.counts()).toMatchObject({ received: 1, waiting: 1 });
  });

  it('leaves a file where it is while the disk takes nothing, says so, and goes on by itself', async () => {
    const { rig, folder, watch, look } = await watched();
    writeFileSync(join(folder, 'a'), dicomFile('1.2.71.4'));
    await look();
    const admit = rig.ledger.admit;
    rig.ledger.admit = () => {
      throw Object.assign(new Error('full'), { code: 'SQLITE_FULL' });
    };
    await look(STABLE);
    expect(watch.trouble).toMatch(/could not be taken \(SQLITE_FULL\)/u);
    expect(below(folder)).toEqual(['a']);
    rig.ledger.admit = admit;
    await look();
    expect(watch.trouble).toBeUndefined();
    expect(rig.ledger.counts()).toMatchObject({ received: 1, waiting: 1 });
  });

  it('says what is wrong while the folder is not there, once', async () => {
    const { rig, folder, watch, look } = await watched();
    rmSync(folder, { recursive: true });
    await look();
    await look();
    expect(watch.trouble).toBe('The folder does not exist.');
    expect(rig.log.filter((line) => line.startsWith('warn'))).toHaveLength(1);
    mkdirSync(folder);
    await look();
    expect(watch.trouble).toBeUndefined();
  });
});

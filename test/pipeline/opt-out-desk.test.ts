import { copyFileSync, existsSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildOptOutDesk } from '../../node-agent/assembly/vault-side.ts';
import { ctElements, text, writeSource } from '../deidentify/fixtures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { pipelineRig, until } from './rig.ts';

async function rigWithDesk() {
  const rig = await pipelineRig();
  const errors: unknown[] = [];
  const desk = buildOptOutDesk(rig, rig.objects, { error: (...words) => void errors.push(words) }, () => {});
  onTestFinished(() => desk.stop());
  /** A stopped object of a patient, as an admission that found another object of its UID leaves it. */
  const conflict = async (patientId: string) => {
    await rig.receive(`first of ${patientId}`, `1.2.9.${patientId.length}`);
    const objectId = await rig.receive(`second of ${patientId}`, `1.2.9.${patientId.length}`);
    const { source } = await writeSource(temporaryFolder(), ctElements(text('PatientID', 'LO', patientId)));
    const file = rig.spool.quarantinePathOf(objectId);
    copyFileSync(source, file);
    return { objectId, file };
  };
  return { rig, desk, errors, conflict };
}

describe('an object that is stopped at the door', () => {
  it('goes as well when its patient has objected, and stays when it is somebody else’s', async () => {
    const { rig, desk, errors, conflict } = await rigWithDesk();
    rig.optOuts.enter({ patientId: 'GONE', issuer: undefined }, 'somebody');
    await desk.finishAll();
    const [gone, stays] = [await conflict('GONE'), await conflict('STAYS')];
    desk.start();
    await until(() => !existsSync(gone.file), 30_000);
    await desk.stop();
    expect(rig.ledger.find(gone.objectId)).toMatchObject({ state: 'withdrawn', cause: 'opted-out' });
    expect(rig.ledger.find(stays.objectId)).toMatchObject({ state: 'quarantined', cause: 'conflict' });
    expect(existsSync(stays.file)).toBe(true);
    expect(errors).toEqual([]);
  });
});

describe('a withdrawal that the disk refuses', () => {
  it('says so without the patient, and is finished when the disk is well again', async () => {
    const { rig, desk, errors } = await rigWithDesk();
    const { id } = rig.optOuts.enter({ patientId: 'MRN-PLANTED', issuer: undefined }, 'somebody');
    const list = rig.spool.listQuarantine.bind(rig.spool);
    rig.spool.listQuarantine = () => {
      throw Object.assign(new Error('input/output error'), { code: 'EIO' });
    };
    desk.start();
    await until(() => errors.length > 0, 30_000);
    expect(JSON.stringify(errors)).toContain('EIO');
    expect(JSON.stringify(errors)).not.toContain('PLANTED');
    expect(rig.optOuts.find(id)?.state).toBe('withdrawing');
    rig.spool.listQuarantine = list;
    await until(() => rig.optOuts.find(id)?.state === 'withdrawn', 30_000);
  });
});

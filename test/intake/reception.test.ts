import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AdmissionError } from '../../node-agent/intake/admission-error.ts';
import { intakeRig, type Rig } from './rig.ts';

function part(rig: Rig, uid: string | undefined, contentHash: string) {
  const { objectId, path } = rig.spool.newObject();
  writeFileSync(path, contentHash);
  return {
    objectId,
    source: 'import',
    sopInstanceUid: uid,
    contentHash,
    bytes: contentHash.length,
    durable: Promise.resolve(),
  } as const;
}

describe('reception', () => {
  it('admits many at once, each once, in few commits', async () => {
    const rig = await intakeRig({ listen: false });
    let commits = 0;
    const admit = rig.ledger.admit.bind(rig.ledger);
    rig.ledger.admit = (arrivals) => {
      commits += 1;
      return admit(arrivals);
    };
    const parts = Array.from({ length: 100 }, (_, index) => part(rig, `1.2.${index}`, `bytes ${index}`));
    const admissions = await Promise.all(parts.map((each) => rig.reception.admit(each)));
    expect(new Set(admissions)).toEqual(new Set(['stored']));
    expect(rig.ledger.counts()).toMatchObject({ received: 100, waiting: 100 });
    expect(rig.spool.list()).toHaveLength(100);
    expect(commits).toBeLessThan(50);
  });

  it('tells resends and conflicts apart and keeps the files that belong', async () => {
    const rig = await intakeRig({ listen: false });
    expect(await rig.reception.admit(part(rig, '1.2', 'a'))).toBe('stored');
    expect(await rig.reception.admit(part(rig, '1.2', 'a'))).toBe('resend');
    const other = part(rig, '1.2', 'b');
    expect(await rig.reception.admit(other)).toBe('conflict');
    expect(existsSync(rig.spool.quarantinePathOf(other.objectId))).toBe(true);
    expect(rig.spool.list()).toHaveLength(1);
  });

  it('knows an object without a readable UID by its bytes', async () => {
    const rig = await intakeRig({ listen: false });
    expect(await rig.reception.admit(part(rig, undefined, 'a'))).toBe('stored');
    expect(await rig.reception.admit(part(rig, undefined, 'a'))).toBe('resend');
    expect(await rig.reception.admit(part(rig, undefined, 'b'))).toBe('stored');
  });

  it('leaves neither file nor row when the ledger cannot be written, and works again afterwards', async () => {
    const rig = await intakeRig({ listen: false });
    const admit = rig.ledger.admit;
    rig.ledger.admit = () => {
      throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
    };
    const failure = await rig.reception.admit(part(rig, '1.2', 'a')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AdmissionError);
    expect((failure as AdmissionError).status.code).toBe(0xa700);
    expect(rig.spool.list()).toEqual([]);
    rig.ledger.admit = admit;
    expect(await rig.reception.admit(part(rig, '1.2', 'a'))).toBe('stored');
  });

  it('answers a missing part with a failure', async () => {
    const rig = await intakeRig({ listen: false });
    const missing = { ...part(rig, '1.2', 'a'), objectId: 'gone' };
    await expect(rig.reception.admit(missing)).rejects.toMatchObject({ status: { code: 0x0110 } });
    expect(rig.ledger.counts().received).toBe(0);
  });

  it('takes an object back whose file the disk did not take after all, and takes it when it comes again', async () => {
    const rig = await intakeRig({ listen: false });
    const failure = Object.assign(new Error('i/o error'), { code: 'EIO' });
    const broken = { ...part(rig, '1.2', 'a'), durable: Promise.reject(failure) };
    await expect(rig.reception.admit(broken)).rejects.toMatchObject({ code: 'EIO', status: { code: 0x0110 } });
    expect(rig.ledger.counts()).toMatchObject({ received: 1, rejected: 1, waiting: 0 });
    expect(rig.spool.list()).toEqual([]);
    expect(await rig.reception.admit(part(rig, '1.2', 'a'))).toBe('stored');
    expect(rig.ledger.counts()).toMatchObject({ received: 1, rejected: 0, waiting: 1 });
  });

  it('answers a resend only when the file it rests on is durable', async () => {
    const rig = await intakeRig({ listen: false });
    let fail: (error: Error) => void = () => {};
    const durable = new Promise<void>((_, reject) => {
      fail = reject;
    });
    const first = rig.reception.admit({ ...part(rig, '1.2', 'a'), durable }).catch((error: unknown) => error);
    while (rig.ledger.counts().received === 0) await new Promise((resolve) => setImmediate(resolve));
    const resend = rig.reception.admit(part(rig, '1.2', 'a')).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 50));
    fail(Object.assign(new Error('i/o error'), { code: 'EIO' }));
    expect(await Promise.all([first, resend])).toEqual([expect.any(AdmissionError), expect.any(AdmissionError)]);
    expect(rig.ledger.counts()).toMatchObject({ waiting: 0 });
  });

  it('counts an object that is refused again and again once', async () => {
    const rig = await intakeRig({ listen: false });
    const refuse = () => rig.reception.refuse(part(rig, '1.2', ''), 'out-of-space', 'The disk is full.');
    expect([refuse(), refuse()]).toEqual(['rejected', 'resend']);
    expect(rig.ledger.counts()).toMatchObject({ received: 1, rejected: 1 });
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CallError } from '../support/console-client.ts';
import { apiRig } from './rig.ts';

const PATIENT = { patientId: 'MRN-PLANTED-1', name: 'PLANTED^NAME', birthDate: '19580312' };
const ASK = { pseudonym: 'GH-1', reason: 'An incidental finding has to be told.' };

async function rigWithPatient() {
  const rig = await apiRig();
  rig.foundation.identities.remember('GH-1', PATIENT);
  const [vera, olga, ada, otto] = [
    await rig.signedIn('vera', 'viewer'),
    await rig.signedIn('olga', 'officer'),
    await rig.signedIn('ada', 'administrator'),
    await rig.signedIn('otto', 'officer'),
  ];
  const audit = () => readFileSync(join(rig.foundation.folder.audit, 'audit.jsonl'), 'utf8');
  return { rig, vera, olga, ada, otto, audit };
}

async function statusOf(call: Promise<unknown>): Promise<number> {
  return call.then(
    () => 200,
    (error: unknown) => {
      if (!(error instanceof CallError)) throw error;
      expect(error.message).toMatch(/\.$/u);
      return error.status;
    },
  );
}

describe('identifying a patient', () => {
  it('takes one person who asks with a reason and another one who grants it, and is shown once', async () => {
    const { vera, olga, otto, ada, audit } = await rigWithPatient();
    const { id, state } = await vera.call('requestReidentification', { body: ASK });
    expect(state).toBe('requested');
    const answer = { params: { id } };
    expect(await statusOf(vera.call('showReidentification', answer))).toBe(409);
    expect(await statusOf(vera.call('decideReidentification', { ...answer, body: { decision: 'granted' } }))).toBe(403);
    await olga.call('decideReidentification', { ...answer, body: { decision: 'granted' } });
    expect(await statusOf(ada.call('decideReidentification', { ...answer, body: { decision: 'refused' } }))).toBe(409);
    for (const other of [otto, ada]) expect(await statusOf(other.call('showReidentification', answer))).toBe(403);
    expect(await vera.call('showReidentification', answer)).toEqual(PATIENT);
    for (const one of [vera, olga]) expect(await statusOf(one.call('showReidentification', answer))).toBe(409);
    expect(await ada.call('listReidentifications')).toMatchObject([
      { id, state: 'shown', requestedBy: 'vera', decidedBy: 'olga', shownTo: 'vera' },
    ]);
    const actions = audit().match(/reidentification\.[a-z]+/gu);
    expect(actions).toEqual(['reidentification.requested', 'reidentification.granted', 'reidentification.shown']);
    expect(audit()).not.toContain('PLANTED');
  });

  it('is not granted by who asked, whatever the role, and not asked without a reason or for nobody', async () => {
    const { olga, ada, otto } = await rigWithPatient();
    const { id } = await ada.call('requestReidentification', { body: ASK });
    const decide = (decision: string) => ({ params: { id }, body: { decision } });
    expect(await statusOf(ada.call('decideReidentification', decide('granted')))).toBe(403);
    expect(await statusOf(ada.call('requestReidentification', { body: { ...ASK, reason: '  ' } }))).toBe(400);
    expect(await statusOf(ada.call('requestReidentification', { body: { ...ASK, pseudonym: 'GH-2' } }))).toBe(404);
    await olga.call('decideReidentification', decide('refused'));
    expect(await statusOf(otto.call('decideReidentification', decide('granted')))).toBe(409);
    expect(await statusOf(ada.call('showReidentification', { params: { id } }))).toBe(409);
  });

  it('is void when it was not used within a day', async () => {
    const { rig, vera, olga } = await rigWithPatient();
    const { id } = await vera.call('requestReidentification', { body: ASK });
    await olga.call('decideReidentification', { params: { id }, body: { decision: 'granted' } });
    rig.foundation.vaultDatabase.prepare('UPDATE reidentifications SET expires_at = ?').run('2020-01-01T00:00:00.000Z');
    expect(await statusOf(vera.call('showReidentification', { params: { id } }))).toBe(409);
    expect(await vera.call('listReidentifications')).toMatchObject([{ state: 'expired' }]);
  });
});

describe('the right to object', () => {
  it('is entered by an officer and listed without who it is', async () => {
    const { rig, vera, olga, audit } = await rigWithPatient();
    const body = { patientId: 'MRN-PLANTED-1' };
    expect(await statusOf(vera.call('optOut', { body }))).toBe(403);
    expect(await statusOf(olga.call('optOut', { body: { patientId: ' ' } }))).toBe(400);
    const entered = await olga.call('optOut', { body });
    expect(entered).toMatchObject({ state: 'withdrawing', by: 'olga', objects: 0 });
    expect(await statusOf(olga.call('optOut', { body }))).toBe(409);
    expect(await olga.call('listOptOuts')).toEqual([entered]);
    expect(rig.foundation.optOuts.covers({ patientId: 'MRN-PLANTED-1', issuer: 'ANY' })).toBe(true);
    expect(JSON.stringify(entered) + audit()).not.toContain('PLANTED');
    expect(audit()).toContain('patient.opted-out');
  });
});

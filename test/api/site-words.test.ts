import { describe, expect, it } from 'vitest';
import { apiRig } from './rig.ts';

async function rigWithWords() {
  const rig = await apiRig();
  const anna = await rig.signedIn('anna', 'administrator');
  rig.foundation.siteWords.note(
    ['a', 'b', 'c'].map((patientKey) => ({
      patientKey,
      unknown: ['ZZPROT7', 'Kirchgruber', 'Gibberish'].map((word) => ({
        word,
        folded: word.toLowerCase(),
        attribute: 'ProtocolName',
      })),
      identifying: ['kirchgruber'],
    })),
  );
  return { rig, anna };
}

describe('words of the site', () => {
  it('are counted for everybody and shown to administrators alone, which the audit log says without them', async () => {
    const { rig, anna } = await rigWithWords();
    const vera = await rig.signedIn('vera', 'viewer');
    const otto = await rig.signedIn('otto', 'officer');
    expect(await vera.call('countSiteWords')).toEqual({ proposed: 2, approved: 0, refused: 0, fromPatients: 3 });
    for (const lower of [vera, otto]) {
      await expect(lower.call('showSiteWords', { body: {} })).rejects.toMatchObject({ status: 403 });
      const decision = { params: { id: '1' }, body: { decision: 'approve' } };
      await expect(lower.call('decideSiteWord', decision)).rejects.toMatchObject({ status: 403 });
    }
    const shown = await anna.call('showSiteWords', { body: {} });
    expect(shown.map(({ word }) => word)).toEqual(['ZZPROT7', 'Gibberish']);
    const { rows } = await anna.call('listAudit', { query: { limit: 50 } });
    expect(rows).toContainEqual(
      expect.objectContaining({ actor: 'anna', action: 'text.shown', subject: 'proposed', detail: '2 words' }),
    );
    expect(JSON.stringify(rows)).not.toMatch(/ZZPROT7|Gibberish|Kirchgruber/iu);
  });

  it('are approved, refused and revoked; the hash of the profile follows, and so do the audit log and open consoles', async () => {
    const { rig, anna } = await rigWithWords();
    const hash = async () => (await anna.call('getSystem')).profile.hash;
    const before = await hash();
    const [first, second] = await anna.call('showSiteWords', { body: {} });
    const decide = (id: number | undefined, decision: string) =>
      anna.call('decideSiteWord', { params: { id: String(id) }, body: { decision } });
    expect(await decide(first?.id, 'approve')).toMatchObject({ proposed: 1, approved: 1 });
    expect(await hash()).not.toBe(before);
    expect(await decide(second?.id, 'refuse')).toMatchObject({ proposed: 0, approved: 1, refused: 1 });
    expect(await anna.call('showSiteWords', { body: { state: 'approved' } })).toMatchObject([
      { word: 'ZZPROT7', state: 'approved', decidedBy: 'anna', identifying: false },
    ]);
    expect(await decide(first?.id, 'revoke')).toMatchObject({ proposed: 1, approved: 0 });
    expect(await hash()).toBe(before);
    const { rows } = await anna.call('listAudit', { query: { limit: 50 } });
    for (const [action, id] of [
      ['text.approve', first?.id],
      ['text.refuse', second?.id],
      ['text.revoke', first?.id],
    ])
      expect(rows).toContainEqual(expect.objectContaining({ actor: 'anna', action, subject: `word ${id}` }));
    expect(rig.faults).toEqual([]);
  });

  it('that nobody may decide about are refused with a sentence', async () => {
    const { rig, anna } = await rigWithWords();
    const shown = (await anna.call('showSiteWords', { body: {} })).map(({ id }) => id);
    const hidden = [1, 2, 3].find((id) => !shown.includes(id));
    for (const id of [String(hidden), '4711']) {
      const answer = anna.call('decideSiteWord', { params: { id }, body: { decision: 'approve' } });
      await expect(answer).rejects.toMatchObject({
        status: 409,
        message: expect.stringMatching(/Read the list again/u),
      });
    }
    const undecided = anna.call('decideSiteWord', { params: { id: String(shown[0]) }, body: { decision: 'revoke' } });
    await expect(undecided).rejects.toMatchObject({
      status: 409,
      message: expect.stringMatching(/nothing to revoke/u),
    });
    expect(rig.faults).toEqual([]);
  });
});

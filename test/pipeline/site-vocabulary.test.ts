import { describe, expect, it } from 'vitest';
import { SiteVocabulary } from '../../node-agent/pipeline/site-vocabulary.ts';
import { pipelineRig } from './rig.ts';

async function vocabulary() {
  const rig = await pipelineRig();
  const told: (readonly string[])[] = [];
  const faults: string[] = [];
  const broken = { now: false };
  const siteWords = {
    get revision(): string {
      if (broken.now) throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR' });
      return rig.siteWords.revision;
    },
    approved: () => rig.siteWords.approved(),
  };
  const followed = new SiteVocabulary({
    siteWords,
    onChanged: (words) => void told.push(words),
    logger: { error: (sentence) => void faults.push(sentence) },
  });
  const unknown = [{ word: 'ZZPROT7', folded: 'zzprot7', attribute: 'ProtocolName' }];
  rig.siteWords.note(['a', 'b', 'c'].map((patientKey) => ({ patientKey, unknown, identifying: [] })));
  const id = rig.siteWords.list('proposed', 3)[0]?.id ?? 0;
  return { rig, followed, told, faults, broken, id };
}

describe('the approved words of the workers', () => {
  it('follow what a person decides, and nobody is told twice', async () => {
    const { rig, followed, told, id } = await vocabulary();
    expect(followed.follow()).toBe(true);
    expect(told).toEqual([]);
    rig.siteWords.decide(id, 'approve', 'anna', 3);
    followed.follow();
    followed.follow();
    rig.siteWords.decide(id, 'revoke', 'anna', 3);
    followed.follow();
    expect(told).toEqual([['ZZPROT7'], []]);
  });

  it('let objects wait while they cannot be read, which is said once', async () => {
    const { rig, followed, told, faults, broken, id } = await vocabulary();
    rig.siteWords.decide(id, 'approve', 'anna', 3);
    broken.now = true;
    expect([followed.follow(), followed.follow()]).toEqual([false, false]);
    expect(faults).toEqual(['The approved words cannot be read; objects wait until they can.']);
    broken.now = false;
    expect(followed.follow()).toBe(true);
    expect(told).toEqual([['ZZPROT7']]);
  });
});

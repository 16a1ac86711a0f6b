import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { uidName } from '../../node-agent/dicom/uids.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { engine, UIDS, writeSource } from './fixtures.ts';
import { CLASSES, KNOWN, objectOf, STRANGERS, WRITTEN } from './iod-objects.ts';

describe('an object with everything that its IOD allows', () => {
  it.each(CLASSES.map((uid) => [uidName(uid) ?? uid, uid]))('is cleaned in every corner: %s', async (_name, uid) => {
    const { source, target } = await writeSource(temporaryFolder(), objectOf(uid));
    const outcome = await engine().deidentifyAndVerify(source, target);
    expect(outcome).toMatchObject({ kind: 'deidentified' });
    const bytes = readFileSync(target).toString('latin1').toLowerCase();
    for (const planted of [...STRANGERS, ...KNOWN]) expect(bytes, planted).not.toContain(planted.toLowerCase());
    for (const original of [UIDS.instance, UIDS.study, UIDS.series, WRITTEN.UI ?? ''])
      expect(bytes).not.toContain(original);
  });
});

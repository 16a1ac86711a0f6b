import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DeidentificationEngine } from '../../node-agent/deidentify/engine.ts';
import { exclusionRule, KEPT_BACK_KINDS, ObjectSupport } from '../../node-agent/deidentify/object-support.ts';
import { Profile } from '../../node-agent/deidentify/profile.ts';
import { describeCause } from '../../node-agent/pipeline/causes.ts';
import { kindsOf } from '../../node-agent/pipeline/shipped-engine.ts';
import { readSettings } from '../../node-agent/settings/settings.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { CT, ctElements, PSEUDONYMISER, TABLES, text, writeSource } from './fixtures.ts';

const PDF = '1.2.840.10008.5.1.4.1.1.104.1';
const LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

describe('objects that cannot be cleaned', () => {
  it.each([
    ['document', PDF, LITTLE_ENDIAN],
    ['document', '1.2.840.10008.5.1.4.1.1.104.2', LITTLE_ENDIAN],
    ['document', '1.2.840.10008.5.1.4.1.1.104.3', LITTLE_ENDIAN],
    ['document', '1.2.840.10008.5.1.4.1.1.104.4', LITTLE_ENDIAN],
    ['video', '1.2.840.10008.5.1.4.1.1.77.1.4.1', LITTLE_ENDIAN],
    ['video', '1.2.840.10008.5.1.4.1.1.77.1.1', '1.2.840.10008.1.2.4.102'],
    ['audio', '1.2.840.10008.5.1.4.1.1.9.4.1', LITTLE_ENDIAN],
    ['raw-data', '1.2.840.10008.5.1.4.1.1.66', LITTLE_ENDIAN],
    ['directory', '1.2.840.10008.1.3.10', LITTLE_ENDIAN],
    ['no-patient', '1.2.840.10008.5.1.4.38.1', LITTLE_ENDIAN],
  ])('are set aside, or left out where the site chose to: %s', (kind, sopClass, syntax) => {
    expect(new ObjectSupport().refusal(sopClass, syntax)).toMatchObject({
      kind: 'quarantined',
      cause: 'unsupported-object',
    });
    expect(new ObjectSupport([kind]).refusal(sopClass, syntax)).toEqual({
      kind: 'excluded',
      rule: exclusionRule(kind),
    });
    const others = KEPT_BACK_KINDS.filter((other) => other !== kind);
    expect(new ObjectSupport(others).refusal(sopClass, syntax)).toMatchObject({ kind: 'quarantined' });
  });

  it('are never those that can be', () => {
    expect(new ObjectSupport(KEPT_BACK_KINDS).refusal(CT, LITTLE_ENDIAN)).toBeUndefined();
  });

  it('are set aside also when their class is newer than the tables, or private', () => {
    const support = new ObjectSupport(KEPT_BACK_KINDS);
    expect(support.refusal('1.2.840.10008.5.1.4.1.1.9999', LITTLE_ENDIAN)).toMatchObject({
      cause: 'unsupported-object',
    });
    expect(support.refusal('1.3.46.670589.11.0.0.12.1', LITTLE_ENDIAN)).toMatchObject({ cause: 'private-sop-class' });
  });

  it('leave no file and name the rule when they are left out', async () => {
    const engine = new DeidentificationEngine({
      pseudonymiser: PSEUDONYMISER,
      profile: Profile.shipped('eucaim'),
      tables: TABLES,
      excludedKinds: ['document'],
    });
    const { source, target } = await writeSource(temporaryFolder(), ctElements(text('SOPClassUID', 'UI', PDF)));
    expect(await engine.deidentifyAndVerify(source, target)).toEqual({ kind: 'excluded', rule: 'excluded-document' });
    expect(existsSync(target)).toBe(false);
  });
});

describe('the setting deidentify.excludedKinds', () => {
  const settingOf = (value: string): string =>
    readSettings({ commandLine: [`deidentify.excludedKinds=${value}`] }).values['deidentify.excludedKinds'];

  it('takes every kind there is, alone and with others, and nothing', () => {
    for (const kind of KEPT_BACK_KINDS) expect(kindsOf(settingOf(kind))).toEqual([kind]);
    expect(kindsOf(settingOf(KEPT_BACK_KINDS.join(',')))).toEqual(KEPT_BACK_KINDS);
    expect(kindsOf(settingOf(''))).toEqual([]);
  });

  it.each(['ct', 'document,', 'document,,video', 'document video'])('refuses "%s" with what would do', (value) => {
    expect(() => settingOf(value)).toThrow(/document, video, audio/);
  });

  it('has words for every rule it makes', () => {
    for (const kind of KEPT_BACK_KINDS) expect(describeCause(exclusionRule(kind)).sentence).toContain(kind);
    expect(() => new ObjectSupport(['ct'])).toThrow(/no kind of object "ct"/);
  });
});

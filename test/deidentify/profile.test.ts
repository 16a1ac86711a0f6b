import { describe, expect, it } from 'vitest';
import { optionNames } from '../../node-agent/deidentify/options.ts';
import { readProfile, shippedProfiles } from '../../node-agent/deidentify/profile/profile-reader.ts';
import { Profile } from '../../node-agent/deidentify/profile.ts';
import { optionLines, siteProfile, TABLES } from './fixtures.ts';

const row = (tag: number) => {
  const found = TABLES.confidentiality.find(tag);
  if (found === undefined) throw new Error('not in the table');
  return found;
};

describe('a profile', () => {
  it('is the basic profile where no option touches a row', () => {
    expect(siteProfile({}).decide(row(0x00081030))).toEqual({ code: 'X', rule: 'E.1-1 X', options: [] });
  });

  it('lets an option relax a row', () => {
    const profile = siteProfile({ options: optionLines('clean_descriptors') });
    expect(profile.decide(row(0x00081030)).code).toBe('C');
    expect(profile.decide(row(0x00080050)).code).toBe('Z');
  });

  it('takes the stricter of two options that disagree, and says which they were and which won', () => {
    const profile = siteProfile({ options: optionLines('retain_device_identity', 'retain_long_modified_dates') });
    const decision = profile.decide(row(0x0018700c));
    expect(decision).toMatchObject({ code: 'C', options: ['retain_long_modified_dates'] });
    expect(decision.disagreement).toBe(
      'Options disagree about (0018,700C) Date of Last Detector Calibration: retain_device_identity keeps it, retain_long_modified_dates cleans it. It was cleaned, which is stricter.',
    );
    expect(profile.decide(row(0x00181000))).not.toHaveProperty('disagreement');
  });

  it('claims the basic profile and its options with the codes of CID 7050', () => {
    const all = optionNames().filter((name) => name !== 'retain_long_full_dates');
    const codes = siteProfile({ options: optionLines(...all) }).codes.map(({ code }) => code);
    expect(codes.toSorted()).toEqual([
      '113100',
      '113103',
      '113104',
      '113105',
      '113107',
      '113108',
      '113109',
      '113110',
      '113111',
      '113112',
    ]);
  });

  it('has a hash that changes with its content and with nothing else', () => {
    const hash = siteProfile({}).contentHash();
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(siteProfile({ rules: [] }).contentHash()).toBe(hash);
    expect(siteProfile({ options: optionLines('clean_graphics') }).contentHash()).not.toBe(hash);
    const rules = [{ tag: '(0008,1030)', action: 'remove', why: 'this site writes names there' }];
    expect(siteProfile({ rules }).contentHash()).not.toBe(hash);
  });

  it('begins from a shipped one: its options stand unless others are given, its rules are asked last', () => {
    const rules = [{ tag: '(0008,1140)', action: 'remove', why: 'this site sends no references' }];
    const profile = siteProfile({ extends: 'eucaim', rules });
    expect(profile.options).toEqual(Profile.shipped('eucaim').options);
    expect(profile.rules.always(0x00081140)?.action).toBe('remove');
    expect(profile.rules.always(0x00082112)?.action).toBe('keep');
    expect(siteProfile({ extends: 'eucaim', options: [] }).options).toEqual([]);
  });
});

describe('the profiles that ship', () => {
  it('are these, each for the edition of the table that ships', () => {
    const shipped = ['basic', 'eucaim', 'research-longitudinal'];
    expect(shippedProfiles()).toEqual(expect.arrayContaining(shipped));
    for (const name of shippedProfiles()) {
      expect(readProfile(name)).toMatchObject({ name, edition: TABLES.confidentiality.edition });
    }
  });
});

import { describe, expect, it } from 'vitest';
import { Profile } from '../../node-agent/deidentify/profile.ts';
import { TABLES } from './fixtures.ts';

const file = { edition: '1', source: 'test', id: 'test', title: 'test', options: [] as string[], overrides: [] };
const row = (tag: number) => {
  const found = TABLES.confidentiality.find(tag);
  if (found === undefined) throw new Error('not in the table');
  return found;
};

describe('a profile', () => {
  it('is the basic profile where no option touches a row', () => {
    expect(new Profile(file).decide(row(0x00081030))).toEqual({ code: 'X', rule: 'E.1-1 X', options: [] });
  });

  it('lets an option relax a row', () => {
    const profile = new Profile({ ...file, options: ['clean_descriptors'] });
    expect(profile.decide(row(0x00081030)).code).toBe('C');
    expect(profile.decide(row(0x00080050)).code).toBe('Z');
  });

  it('takes the stricter of two options and says which it was', () => {
    const profile = new Profile({ ...file, options: ['retain_device_identity', 'retain_long_modified_dates'] });
    expect(profile.decide(row(0x0018700c))).toMatchObject({ code: 'C', options: ['retain_long_modified_dates'] });
  });

  it('lets an override win and gives its reason', () => {
    const overrides = [{ tag: '(0008,1030)', code: 'X' as const, why: 'this site writes names there' }];
    const profile = new Profile({ ...file, options: ['clean_descriptors'], overrides });
    expect(profile.decide(row(0x00081030))).toMatchObject({ code: 'X', rule: 'test: this site writes names there' });
  });

  it('refuses options that contradict each other or do not exist', () => {
    const both = ['retain_long_full_dates', 'retain_long_modified_dates'];
    expect(() => new Profile({ ...file, options: both })).toThrow(/choose one/);
    expect(() => new Profile({ ...file, options: ['retain_everything'] })).toThrow(/retain_everything/);
  });

  it('has a hash that changes with its content and with nothing else', () => {
    const hash = new Profile(file).contentHash();
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(new Profile({ ...file }).contentHash()).toBe(hash);
    expect(new Profile({ ...file, options: ['clean_graphics'] }).contentHash()).not.toBe(hash);
  });
});

import { describe, expect, it } from 'vitest';
import { Pseudonymiser } from '../../node-agent/vault/pseudonymiser.ts';

const one = new Pseudonymiser(Buffer.alloc(32, 1));
const other = new Pseudonymiser(Buffer.alloc(32, 2));

describe('pseudonyms', () => {
  it('are the same for the same patient whatever the padding, and depend on the issuer and the site secret', () => {
    const pseudonym = one.patientPseudonym({ patientId: '12345' });
    expect(pseudonym).toMatch(/^GH-[0-9A-HJKMNP-TV-Z]{16}$/);
    expect(one.patientPseudonym({ patientId: ' 12345 ' })).toBe(pseudonym);
    expect(one.patientPseudonym({ patientId: '12345', issuer: 'B' })).not.toBe(pseudonym);
    expect(other.patientPseudonym({ patientId: '12345' })).not.toBe(pseudonym);
  });

  it('do not collide over a hundred thousand patients', () => {
    const seen = new Set(
      Array.from({ length: 100_000 }, (_, number) => one.patientPseudonym({ patientId: `P${number}` })),
    );
    expect(seen.size).toBe(100_000);
  });

  it('give UIDs that PS3.5 §9.1 allows', () => {
    for (let number = 0; number < 2_000; number += 1) {
      const uid = one.uid(`1.2.3.${number}`);
      expect(uid).toMatch(/^2\.25\.(0|[1-9]\d*)$/);
      expect(uid.length).toBeLessThanOrEqual(44);
    }
    expect(one.uid('1.2.3')).toBe(one.uid('1.2.3'));
    expect(one.uid('1.2.3')).not.toBe(other.uid('1.2.3'));
  });

  it('shift the dates of a patient by the same whole days, never by none and never into the future', () => {
    const shifts = Array.from({ length: 5_000 }, (_, number) => one.dateShiftDays({ patientId: `P${number}` }));
    expect(shifts.every((days) => Number.isInteger(days) && days <= -180 && days > -1980)).toBe(true);
    expect(new Set(shifts).size).toBeGreaterThan(1_000);
    expect(one.dateShiftDays({ patientId: 'P1' })).toBe(one.dateShiftDays({ patientId: 'P1' }));
  });

  it('refuse a short secret', () => {
    expect(() => new Pseudonymiser(Buffer.alloc(16))).toThrow('shorter than 256 bits');
  });
});

describe('the form of a pseudonym', () => {
  it('has the prefix and width that are asked for, and begins alike whatever the width', () => {
    const patient = { patientId: '12345' };
    expect(one.patientPseudonym(patient, { prefix: 'X', width: 10 })).toMatch(/^X[0-9A-HJKMNP-TV-Z]{10}$/);
    const wide = one.patientPseudonym(patient, { prefix: 'SITE-07-', width: 32 });
    expect(wide).toMatch(/^SITE-07-[0-9A-HJKMNP-TV-Z]{32}$/);
    expect(`GH-${wide.slice(8, 24)}`).toBe(one.patientPseudonym(patient));
  });
});

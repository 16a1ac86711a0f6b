import { describe, expect, it } from 'vitest';
import { DisclosurePolicy } from '../../node-agent/governance/disclosure-policy.ts';

const patients = (count: number, value: number) =>
  Array.from({ length: count }, (_, index) => ({ patientId: `${value}-${index}`, value }));

describe('the disclosure policy', () => {
  it('suppresses below 10 and rounds to 10 by default', () => {
    const policy = new DisclosurePolicy();
    expect([0, 1, 9, 10, 14, 15, 24, 25, 104].map((count) => policy.disclose(count))).toEqual([
      0, 0, 0, 10, 10, 20, 20, 30, 100,
    ]);
  });

  it.each([
    [10, 10],
    [5, 5],
    [5, 10],
    [7, 3],
    [14, 10],
    [5, 100],
    [30, 10],
  ])('with threshold %i and rounding %i lets no number leave that it should not', (threshold, rounding) => {
    const policy = new DisclosurePolicy({ threshold, rounding });
    for (let count = 0; count <= 1000; count += 1) {
      const disclosed = policy.disclose(count);
      expect(policy.mayLeave(disclosed)).toBe(true);
      expect(disclosed === 0 || (disclosed >= threshold && disclosed % rounding === 0)).toBe(true);
      if (count < threshold) expect(disclosed).toBe(0);
      expect(policy.disclose(count)).toBe(disclosed);
    }
  });

  it('none and few cannot be told apart', () => {
    const policy = new DisclosurePolicy();
    expect(policy.disclose(0)).toBe(policy.disclose(9));
  });

  it.each([
    [4, 10],
    [0, 10],
    [-1, 10],
    [7.5, 10],
    [Number.NaN, 10],
    [10, 0],
    [10, 2.5],
  ])('refuses threshold %d with rounding %d', (threshold, rounding) => {
    expect(() => new DisclosurePolicy({ threshold, rounding })).toThrow(/disclosure/);
  });

  it('names only categories that enough different patients share', () => {
    const policy = new DisclosurePolicy();
    const facts = [
      ...Array.from({ length: 10 }, (_, index) => ({ patientId: `a${index}`, value: 'MR' })),
      ...Array.from({ length: 9 }, (_, index) => ({ patientId: `a${index}`, value: 'CT' })),
      ...Array.from({ length: 50 }, () => ({ patientId: 'one', value: 'PT' })),
    ];
    expect(policy.categories(facts)).toEqual(['MR']);
  });

  it('gives age ranges by bands that enough patients share, so that no end is one person', () => {
    const policy = new DisclosurePolicy();
    const ages = [...patients(1, 19), ...patients(12, 45), ...patients(10, 61), ...patients(2, 93)];
    expect(policy.ageRange(ages)).toEqual({ min: 40, max: 70 });
    expect(policy.ageRange([...ages].reverse())).toEqual({ min: 40, max: 70 });
  });

  it('widens the bands where ages are scattered', () => {
    const policy = new DisclosurePolicy();
    expect(policy.ageRange([20, 25, 30, 33, 36].flatMap((age) => patients(2, age)))).toEqual({ min: 20, max: 40 });
    expect(policy.ageRange([1, 30, 50, 70, 115, 125].flatMap((age) => patients(2, age)))).toEqual({ min: 0, max: 120 });
  });

  it('says nothing about the ages of a small group', () => {
    expect(new DisclosurePolicy().ageRange(patients(9, 50))).toEqual({ min: 0, max: 0 });
  });
});

import { describe, expect, it } from 'vitest';
import { ConfidentialityTable } from '../../node-agent/deidentify/confidentiality-table.ts';

const table = new ConfidentialityTable();

describe('Table E.1-1', () => {
  it('has all 621 rows of its edition', () => {
    expect(table.edition).toContain('2024b');
    expect(table.rows).toHaveLength(621);
    expect(table.rows.filter(({ retired }) => retired)).toHaveLength(100);
    expect(table.rows.filter(({ inStandardIod }) => inStandardIod)).toHaveLength(438);
  });

  it('has as many rows of each basic action as the standard', () => {
    const counts: Record<string, number> = {};
    for (const { basic } of table.rows) counts[basic] = (counts[basic] ?? 0) + 1;
    expect(counts).toEqual({
      X: 384,
      D: 92,
      U: 54,
      Z: 42,
      'X/D': 22,
      'X/Z': 11,
      'X/Z/D': 8,
      'Z/D': 6,
      'X/Z/U*': 2,
    });
  });

  it('has as many rows under each option as the standard', () => {
    const counts: Record<string, number> = {};
    for (const { options } of table.rows) {
      for (const [option, code] of Object.entries(options)) {
        counts[`${option} ${code}`] = (counts[`${option} ${code}`] ?? 0) + 1;
      }
    }
    expect(counts).toEqual({
      'retain_uids K': 59,
      'retain_device_identity K': 46,
      'retain_device_identity C': 11,
      'retain_institution_identity K': 10,
      'retain_patient_characteristics K': 9,
      'retain_patient_characteristics C': 4,
      'retain_long_full_dates K': 165,
      'retain_long_modified_dates C': 165,
      'clean_descriptors C': 125,
      'clean_structured_content C': 3,
      'clean_graphics C': 4,
      'retain_safe_private C': 1,
    });
  });

  it('finds a row by its tag', () => {
    expect(table.find(0x00100010)?.name).toBe("Patient's Name");
    expect(table.find(0x00080060)).toBeUndefined();
  });

  it('finds the rows of repeating groups and of private attributes', () => {
    expect(table.find(0x60023000)?.basic).toBe('X');
    expect(table.find(0x50041234)?.basic).toBe('X');
    expect(table.find(0x60020010)).toBeUndefined();
    expect(table.find(0x00091001)?.options).toEqual({ retain_safe_private: 'C' });
  });

  it.each<[string, object, RegExp]>([
    ['an action code that is not known', { basic: 'Q' }, /row 2 \(\(0008,0014\)\) has an unknown action code, "Q"/],
    ['an option that is not known', { options: { retain_moons: 'K' } }, /has an unknown option, "retain_moons"/],
    ['an option with an unknown code', { options: { retain_uids: 'Z' } }, /unknown action code for retain_uids, "Z"/],
    ['a row without a tag', { tag: 'Instance Creator UID' }, /has no tag/],
  ])('refuses an edition with %s, and says the row and what to do', (_case, fields, expected) => {
    const row = {
      tag: '(0008,0014)',
      name: 'Instance Creator UID',
      keyword: 'InstanceCreatorUID',
      retired: false,
      inStandardIod: true,
      basic: 'U',
      options: {},
    } as const;
    const rows = [
      { ...row, tag: '(0008,0012)' },
      { ...row, ...fields },
    ];
    const read = () => new ConfidentialityTable({ edition: 'PS3.15 2031a', source: 'test', rows: rows as never });
    expect(read).toThrow(expected);
    expect(read).toThrow(/Table E\.1-1 of "PS3\.15 2031a" cannot be used.*or update Gatehouse/);
  });
});

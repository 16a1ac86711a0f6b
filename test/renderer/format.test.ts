import { describe, expect, it } from 'vitest';
import {
  formatAgo,
  formatBytes,
  formatCount,
  formatDay,
  formatDuration,
  formatList,
  formatSex,
  plural,
} from '../../renderer/shared/format.ts';

// The words of Intl follow the language of the machine; numbers below are chosen so that only units and shape are compared.
const number = (value: number, digits = 2) =>
  new Intl.NumberFormat(undefined, { maximumFractionDigits: digits }).format(value);

describe('figures a person can read', () => {
  it('shows bytes in the largest unit below a thousand', () => {
    expect(formatBytes(0)).toBe('0 B');
    expect(formatBytes(999)).toBe('999 B');
    expect(formatBytes(1000)).toBe('1 kB');
    expect(formatBytes(1_284_000_000_000)).toBe(`${number(1.28)} TB`);
    expect(formatBytes(62_900_000)).toBe(`${number(62.9)} MB`);
  });

  it('never shows a thousand of a unit that has a larger one', () => {
    expect(formatBytes(999_700)).toBe('1 MB');
    expect(formatBytes(999_999_999)).toBe('1 GB');
  });

  it('groups counts as the language does', () => {
    expect(formatCount(84_213)).toBe(new Intl.NumberFormat().format(84_213));
  });

  it('uses the singular for one only', () => {
    expect(plural(1, 'study', 'studies')).toBe('1 study');
    expect(plural(0, 'object')).toBe('0 objects');
    expect(plural(2, 'series', 'series')).toBe('2 series');
  });
});

describe('times a person can read', () => {
  it('keeps a calendar day the same day in every time zone', () => {
    const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
    expect(formatDay('2018-04-16')).toBe(day.format(Date.UTC(2018, 3, 16)));
    expect(formatDay('not a day')).toBe('not a day');
  });

  it('counts back in the largest unit that fits', () => {
    const now = Date.parse('2026-05-04T12:00:00Z');
    const words = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
    expect(formatAgo('2026-05-04T11:59:55Z', now)).toBe(words.format(0, 'second'));
    expect(formatAgo('2026-05-04T11:55:00Z', now)).toBe(words.format(-5, 'minute'));
    expect(formatAgo('2026-05-04T09:00:00Z', now)).toBe(words.format(-3, 'hour'));
    expect(formatAgo('2026-04-24T12:00:00Z', now)).toBe(words.format(-10, 'day'));
    expect(formatAgo('2024-05-01T12:00:00Z', now)).toBe(words.format(-2, 'year'));
  });

  it('shows a duration in its two largest units', () => {
    expect(formatDuration(0)).toBe('0 s');
    expect(formatDuration(59)).toBe('59 s');
    expect(formatDuration(3_600)).toBe('1 h');
    expect(formatDuration(266_400)).toBe('3 d 2 h');
  });
});

describe('words', () => {
  it('joins words as a sentence does', () => {
    expect(formatList(['one'])).toBe('one');
  });

  it('names the DICOM sexes and keeps other values', () => {
    expect(formatSex('F')).toBe('Female');
    expect(formatSex('Unknown')).toBe('Unknown');
    expect(formatSex(null)).toBe('Not stated');
  });
});

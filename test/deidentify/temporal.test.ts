import { describe, expect, it } from 'vitest';
import { ageAt, capAge, isTime, shiftDate, shiftDateTime } from '../../node-agent/deidentify/temporal.ts';

describe('a date', () => {
  it('moves by whole days across months, leap days and years', () => {
    expect(shiftDate('20200301', -1)).toBe('20200229');
    expect(shiftDate('20240101', -366)).toBe('20221231');
    expect(shiftDate('2020.03.01', -1)).toBe('20200229');
  });

  it('keeps the interval between two dates', () => {
    const day = (text: string): number =>
      Date.UTC(Number(text.slice(0, 4)), Number(text.slice(4, 6)) - 1, Number(text.slice(6)));
    const [early, late] = [shiftDate('20191115', -777) ?? '', shiftDate('20200302', -777) ?? ''];
    expect((day(late) - day(early)) / 86_400_000).toBe(108);
  });

  it('is not made up from something that is none', () => {
    for (const text of ['', '20200230', '20201301', 'MILLER', '2020031']) expect(shiftDate(text, -1)).toBeUndefined();
  });
});

describe('a date and time', () => {
  it('keeps its time, fraction and zone', () => {
    expect(shiftDateTime('20200301101112.5+0100', -1)).toBe('20200229101112.5+0100');
  });

  it('keeps its precision', () => {
    expect(shiftDateTime('202003', -365)).toBe('201903');
    expect(shiftDateTime('2020', -400)).toBe('2019');
    expect(shiftDateTime('2020030110', -1)).toBe('2020022910');
  });

  it('is not made up from something that is none', () => {
    expect(shiftDateTime('yesterday', -1)).toBeUndefined();
  });
});

describe('a time', () => {
  it('is told from text', () => {
    expect(['10', '1011', '101112.123456', '10:11:12'].every(isTime)).toBe(true);
    expect(['', 'noon', '1011123'].some(isTime)).toBe(false);
  });
});

describe('an age', () => {
  it('is capped at 90 years in every unit', () => {
    expect(capAge('089Y')).toBe('089Y');
    expect(capAge('090Y')).toBe('090Y');
    expect(capAge('101Y')).toBe('090Y');
    expect(capAge('999M')).toBe('999M');
    expect(capAge('006M')).toBe('006M');
    expect(capAge('old')).toBeUndefined();
  });

  it('is understood without its zeros, in lower case and with a blank', () => {
    expect(['45Y', '045y', '45 Y', '5m', '0Y'].map(capAge)).toEqual(['045Y', '045Y', '045Y', '005M', '000Y']);
    expect(capAge('97 y')).toBe('090Y');
    expect([capAge('45'), capAge('045'), capAge('4500Y')]).toEqual([undefined, undefined, undefined]);
  });

  it('follows from the birth date', () => {
    expect(ageAt('19580312', '20200311')).toBe('061Y');
    expect(ageAt('19580312', '20200312')).toBe('062Y');
    expect(ageAt('20190901', '20200315')).toBe('006M');
    expect(ageAt('20200301', '20200315')).toBe('014D');
    expect(ageAt('19200301', '20200315')).toBe('090Y');
    expect(ageAt('20300301', '20200315')).toBeUndefined();
  });
});

/** The ways in which people write dates, numbers to call and names into free text. */
import type { RandomSource } from '../../phantom/random.ts';

/** A DA value in words and figures of a language; those of the language by CLDR. */
export function spelledDate(date: string, language: string, random: RandomSource): string {
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6, 8)];
  const [shortMonth, shortDay] = [String(Number(month)), String(Number(day))];
  const moment = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const byLanguage = (style: 'long' | 'medium' | 'short'): string =>
    new Intl.DateTimeFormat(language, { dateStyle: style, timeZone: 'UTC' })
      .format(moment)
      .replace(/[\u00a0\u202f\u200e\u200f]/gu, ' ');
  return random.pick([
    `${year}-${month}-${day}`,
    `${day}.${month}.${year}`,
    `${day}/${month}/${year}`,
    `${month}/${day}/${year}`,
    `${shortDay}.${shortMonth}.${year}`,
    `${shortDay}. ${shortMonth}. ${year}`,
    `${day}-${month}-${year}`,
    `${year}/${month}/${day}`,
    `${day}.${month}.${year.slice(2)}`,
    `${day}_${month}_${year}`,
    `${year}_${month}_${day}`,
    `${year}.${month}.${day}`,
    `${year}:${month}:${day}`,
    `${day}${month}${year}`,
    date,
    `${year}-${month}-${day}T09:15:30`,
    `${date}091530`,
    byLanguage('long'),
    byLanguage('medium'),
    byLanguage('short'),
    new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(moment),
    new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' }).format(moment),
    new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })
      .format(moment)
      .toUpperCase()
      .replaceAll(' ', '-'),
  ]);
}

export function phoneNumber(random: RandomSource): string {
  const digits = (count: number): string => random.digits(count);
  return random.pick([
    `+49 170 ${digits(7)}`,
    `0170/${digits(7)}`,
    `(030) ${digits(3)}-${digits(4)}`,
    `0049 30 ${digits(7)}`,
    `+33 1 ${digits(2)} ${digits(2)} ${digits(2)} ${digits(2)}`,
    `06.${digits(2)}.${digits(2)}.${digits(2)}.${digits(2)}`,
    `+48 ${digits(3)} ${digits(3)} ${digits(3)}`,
    `+30 210-${digits(7)}`,
    `0${digits(9)}`,
    `+353-1-${digits(3)}-${digits(4)}`,
    `020 ${digits(4)} ${digits(4)}`,
    `+420${digits(9)}`,
    `tel. ${digits(3)} ${digits(2)} ${digits(2)}`,
  ]);
}

/** Orders and forms of a person's name; without accents and in Latin letters as well. */
export function spelledName(
  family: string,
  given: string,
  latin: { family: string; given: string },
  random: RandomSource,
): string {
  const [one, other] = random.chance(0.7) ? [family, given] : [latin.family, latin.given];
  return random.pick([
    `${one} ${other}`,
    `${other} ${one}`,
    `${one}, ${other}`,
    `${one}^${other}`,
    `${one.toUpperCase()} ${other}`,
    `${one.toLowerCase()} ${other.toLowerCase()}`,
    `${other}.${one}`,
    one,
    `${one} ${[...other][0] ?? ''}.`,
    `${one}_${other}`,
  ]);
}

/** Accents off, and the letters that no decomposition takes apart. */
export function latinForm(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[łŁøØđĐħĦœŒŉıæÆß]/gu, (letter) => LATIN[letter] ?? letter);
}

const LATIN: Readonly<Record<string, string>> = {
  ...{
    ł: 'l',
    Ł: 'L',
    ø: 'o',
    Ø: 'O',
    đ: 'd',
    Đ: 'D',
    ħ: 'h',
    Ħ: 'H',
    œ: 'oe',
    Œ: 'Oe',
    ı: 'i',
    æ: 'ae',
    Æ: 'Ae',
    ß: 'ss',
  },
};

/**
 * Dates in figures inside a description, which move like every other date of the patient (PS3.15 §E.3.6, Retain
 * Longitudinal Temporal Information with Modified Dates). Only where it is certain which figures are day, month and year, and
 * never a date of birth; every other date goes.
 */
import type { DatePolicy } from '../date-policy.ts';

/** Stand in for the moved dates while the text around them is cleaned: private use, in no text of an object that has any. */
const FIRST_STAND_IN = 0xe000;
const STAND_IN = /[\ue000-\uf8ff]/u;
const STAND_INS = /[\ue000-\uf8ff]/gu;

const YEAR_FIRST =
  /(?<![\p{L}\d./:-])((?:19|20)\d{2})([./-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?![\p{L}\d:]|[./-]\d)/gu;
const DAY_OR_MONTH_FIRST = /(?<![\p{L}\d./:-])(\d{2})([./-])(\d{2})\2((?:19|20)\d{2})(?![\p{L}\d:]|[./-]\d)/gu;
/** Before a date of birth, in the languages of the EU as far as they differ. */
const BIRTH =
  /(?:\bdob|birth|born|geb(?:oren|\.|urt)?|n[ée]e?\b|nac(?:ido|ida|imiento)?|nat[oaă]|nascit|naissance|rođen|narod|ur(?:odz)?\.|syntynyt|født|född|γενν)[^\d]{0,24}$/iu;

/** Whether a token is one that stands for a moved date. */
export function isStandIn(token: string): boolean {
  return token.length === 1 && STAND_IN.test(token);
}

interface Moved {
  /** With a stand-in for each date that was moved. */
  readonly text: string;
  /** Puts the moved dates in the place of what stands for them. */
  restore(cleaned: string): string;
}

export class DatesInText {
  readonly #policy: DatePolicy;
  readonly #birthDate: string | undefined;

  /** @param birthDate of the patient, as a DA value */
  constructor(policy: DatePolicy, birthDate: string | undefined) {
    this.#policy = policy;
    this.#birthDate = birthDate?.replaceAll('.', '');
  }

  /** Undefined where there is nothing to move, or the profile lets no changed dates through. */
  move(text: string): Moved | undefined {
    const { kind } = this.#policy;
    if ((kind !== 'shift' && kind !== 'month') || !/(?:19|20)\d{2}/.test(text) || STAND_IN.test(text)) return undefined;
    const dates: string[] = [];
    const standInFor = (whole: string, at: number, [year, month, day]: readonly string[], from: string): string => {
      const original = `${year}${month}${day}`;
      if (original === this.#birthDate || BIRTH.test(from.slice(0, at))) return whole;
      const moved = this.#policy.date(original);
      if (moved === undefined) return whole;
      const parts = [moved.slice(0, 4), moved.slice(4, 6), moved.slice(6)];
      dates.push(rewritten(whole, [year ?? '', month ?? '', day ?? ''], parts));
      return String.fromCharCode(FIRST_STAND_IN + dates.length - 1);
    };
    const withStandIns = text
      .replace(YEAR_FIRST, (whole, year, _by, month, day, at, from) => standInFor(whole, at, [year, month, day], from))
      .replace(DAY_OR_MONTH_FIRST, (whole, one, by, other, year, at, from) => {
        const order = dayAndMonth(one, other, by);
        return order === undefined ? whole : standInFor(whole, at, [year, order.month, order.day], from);
      });
    if (dates.length === 0) return undefined;
    const restore = (cleaned: string) =>
      cleaned.replace(STAND_INS, (character) => dates[character.charCodeAt(0) - FIRST_STAND_IN] ?? '');
    return { text: withStandIns, restore };
  }
}

/** With points the day comes first; otherwise only a number above twelve says which is which. */
function dayAndMonth(one: string, other: string, by: string): { day: string; month: string } | undefined {
  if (Number(other) <= 12 && (by === '.' || Number(one) > 12 || one === other)) return { day: one, month: other };
  return Number(one) <= 12 && Number(other) > 12 ? { day: other, month: one } : undefined;
}

/** The text of a date with its parts exchanged; they are of the same lengths. */
function rewritten(whole: string, before: readonly string[], after: readonly string[]): string {
  const yearFirst = whole.startsWith(before[0] ?? '');
  const separator = whole.replace(/\d/g, '').slice(0, 1);
  const [year, month, day] = after;
  if (yearFirst) return [year, month, day].join(separator);
  const dayFirst = whole.startsWith(before[2] ?? '') && (before[1] === before[2] || !whole.startsWith(before[1] ?? ''));
  return (dayFirst ? [day, month, year] : [month, day, year]).join(separator);
}

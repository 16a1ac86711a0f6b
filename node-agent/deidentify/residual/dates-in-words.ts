/**
 * Dates of the original that are written with the name of the month, found without a pattern: day, month and year stand in
 * the same text. Their order and the small words between them differ with every language.
 */
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { effectiveVr, textValues } from '../element-values.ts';
import { fold, wordsOf } from '../text/folding.ts';
import { namesOfMonth } from '../text/spelled-dates.ts';
import type { OriginalElement } from './needles.ts';

const DATE = /^((?:18|19|20)\d{2})[.-]?(0[1-9]|1[0-2])[.-]?(0[1-9]|[12]\d|3[01])/;
/** 1 January 1900 stands for "not known" in many systems. */
const PLACEHOLDERS: ReadonlySet<string> = new Set(['19000101', '18000101']);
const MONTHS = Array.from({ length: 12 }, (_, index) => namesOfMonth(index + 1));

export class DatesInWords {
  /** The dates as year, month and day, by year. */
  readonly #byYear = new Map<string, { readonly month: number; readonly day: number }[]>();

  /** Whether a text has one of the dates with its month in words. */
  standIn(text: string): boolean {
    if (this.#byYear.size === 0 || !/(?:18|19|20)\d{2}/.test(text)) return false;
    const words = wordsOf(fold(text)).flatMap((word) => word.match(/\d+|\D+/g) ?? []);
    return words.some((year) =>
      (this.#byYear.get(year) ?? []).some(
        ({ month, day }) =>
          words.some((word) => MONTHS[month - 1]?.has(word) === true) &&
          words.some((word) => /^\d{1,2}$/.test(word) && Number(word) === day),
      ),
    );
  }

  /** What an element says, and everything inside it. */
  collect({ dataSet, element }: OriginalElement): void {
    if (element.value.kind === 'sequence') {
      for (const item of element.value.items)
        for (const nested of item.dataSet.elements) this.collect({ dataSet: item.dataSet, element: nested });
    } else {
      this.#collectElement(dataSet, element);
    }
  }

  #collectElement(dataSet: DataSet, element: DataElement): void {
    const vr = effectiveVr(element);
    if (![vr, element.vr].some((either) => either === 'DA' || either === 'DT')) return;
    for (const value of textValues(dataSet, element, 'DA')) {
      const match = DATE.exec(value.trim());
      if (match === null || PLACEHOLDERS.has(value.trim().slice(0, 8))) continue;
      const [, year = '', month = '', day = ''] = match;
      const dates = this.#byYear.get(year) ?? [];
      dates.push({ month: Number(month), day: Number(day) });
      this.#byYear.set(year, dates);
    }
  }
}

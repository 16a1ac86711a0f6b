/** The spellings in which a name or a date may have survived. */
import { wordsOf } from '../text/folding.ts';

const SEPARATORS = [' ', '^', ', ', ',', '_', '-', '.', ''];
/** For names whose words are long enough to be found one by one, except where only longer matches count. */
const SEPARATORS_IN_BULK = ['^', ' ', ''];
const SHORTEST_WORD = 4;
const SHORTEST_IN_BULK = 8;
/** Dates that stand for "not known" in many systems. */
const PLACEHOLDER_DATES = new Set(['19000101', '00010101', '99991231', '18000101']);

/**
 * The words of a PN value (PS3.5 §6.2.1), of all three component groups. Where words are left out
 * because they also describe images, or are too short to count among samples, family and given name together
 * stay searchable in both orders.
 * @param describesImages whether the word alone identifies nobody
 */
export function nameSpellings(value: string, describesImages: (word: string) => boolean): string[] {
  const spellings = new Set<string>();
  for (const group of value.split('=')) {
    const components = group.split('^').map((component) => component.trim());
    const words = components.flatMap(wordsOf);
    for (const word of words) spellings.add(word);
    const [family, given] = components;
    if (!family || !given || words.every((word) => word.length >= SHORTEST_IN_BULK && !describesImages(word))) continue;
    const weak = words.some((word) => word.length < SHORTEST_WORD || describesImages(word));
    for (const separator of weak ? SEPARATORS : SEPARATORS_IN_BULK) {
      // Two initials run together would be a syllable of any word.
      if (family.length + given.length < 5) continue;
      spellings.add(family + separator + given);
      spellings.add(given + separator + family);
    }
  }
  return [...spellings];
}

/** A DA value, or the date of a DT value, as it is written in DICOM, by ISO 8601, in Europe and in the United States. */
export function dateSpellings(value: string): string[] {
  const match = /^(\d{4})[.]?(\d{2})[.]?(\d{2})/.exec(value.trim());
  if (match === null) return [];
  const [, year = '', month = '', day = ''] = match;
  if (PLACEHOLDER_DATES.has(year + month + day) || Number(month) < 1 || Number(month) > 12) return [];
  const [shortMonth, shortDay] = [String(Number(month)), String(Number(day))];
  const spellings = new Set([year + month + day, day + month + year, month + day + year]);
  // As EXIF has it.
  spellings.add([year, month, day].join(':'));
  for (const separator of ['-', '.', '/']) {
    spellings.add([year, month, day].join(separator));
    spellings.add([day, month, year].join(separator));
    spellings.add([month, day, year].join(separator));
    spellings.add([shortDay, shortMonth, year].join(separator));
    spellings.add([shortMonth, shortDay, year].join(separator));
    // With two digits for the year.
    const shortYear = year.slice(2);
    spellings.add([day, month, shortYear].join(separator));
    spellings.add([month, day, shortYear].join(separator));
    spellings.add([shortYear, month, day].join(separator));
  }
  for (const separator of ['_', ' ']) {
    spellings.add([year, month, day].join(separator));
    spellings.add([day, month, year].join(separator));
  }
  return [...spellings];
}

/** A name and an identifier side by side, both too short to count among samples by themselves. */
export function nameWithId(name: string, id: string): string[] {
  const group = name.split('=')[0] ?? '';
  const spellings = new Set<string>();
  for (const spelling of new Set([group, group.replace(/\^+/g, ' ').trim()])) {
    if (spelling.length < 2 || id.length < 2 || spelling.length + id.length + 1 < SHORTEST_IN_BULK) continue;
    for (const separator of [' ', '_', '^', ',', '-']) {
      spellings.add(spelling + separator + id);
      spellings.add(id + separator + spelling);
    }
  }
  return [...spellings];
}

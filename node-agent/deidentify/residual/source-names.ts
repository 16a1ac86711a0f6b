/** What the names of an original's file and folders give away: 'Meier_Hans_1958/CT/IM0001.dcm'. */
import { fold } from '../text/folding.ts';

const SHORTEST_NAME = 6;
const SHORTEST_WORD = 5;
/** Its parts are the numbers of registries. */
const UID = /^[0-2](?:\.\d+){3,}$/;
const LONGEST_EXTENSION = /\.[A-Za-z0-9]{1,5}$/;

/**
 * Folder names and the file's name without its extension, and their words.
 * @param path as it was where the original came from, with slashes of either kind
 * @param isHarmless whether a folded word describes images or names the device: exports are often called after either
 */
export function spellingsOfPath(path: string, isHarmless: (folded: string) => boolean): string[] {
  const spellings = new Set<string>();
  const segments = path.split(/[\\/]+/).filter((segment) => segment !== '' && !/^[A-Za-z]:$/.test(segment));
  for (const [index, segment] of segments.entries()) {
    const isFile = index === segments.length - 1 && !UID.test(segment);
    const name = isFile ? segment.replace(LONGEST_EXTENSION, '') : segment;
    if (UID.test(name)) {
      spellings.add(name);
      continue;
    }
    const words = name.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
    const telling = words.filter((word) => !isCounter(word) && word.length >= SHORTEST_WORD && !isHarmless(fold(word)));
    if (telling.length === 0) continue;
    if (name.length >= SHORTEST_NAME) spellings.add(name);
    for (const word of telling) spellings.add(word);
  }
  return [...spellings];
}

/** The number of a file among others, with zeros in front: other numbers are written so as well. */
function isCounter(word: string): boolean {
  return /^\d+$/.test(word) && word.replace(/^0+/, '').length < SHORTEST_WORD;
}

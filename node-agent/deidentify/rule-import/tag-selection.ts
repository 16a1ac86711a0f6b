/** Tags that a line of another tool means by a pattern or by the words of their keyword. */
import { isPrivate, tagsWhere, tagText } from '../../dicom/dictionary.ts';

/** '(gggg,eeee)' in small letters, X for any digit; undefined where the text is no tag. */
export function tagPattern(text: string): string | undefined {
  const match = /^\s*[[(]?([0-9A-Fa-fXx]{4}),?\s*([0-9A-Fa-fXx]{4})[\])]?\s*$/.exec(text);
  return match === null ? undefined : `(${match[1]},${match[2]})`.toLowerCase();
}

/** The tags of PS3.6 that the pattern means and whose VR is wanted. */
export function tagsOfPattern(pattern: string, wanted: (vr: string) => boolean = () => true): string[] {
  if (!pattern.includes('x')) return [pattern];
  const form = new RegExp(`^${pattern.replace(/[(),]/g, '').replaceAll('x', '.')}$`);
  return tagsWhere(({ vr }, tag) => !isPrivate(tag) && wanted(vr) && form.test(tag.toString(16).padStart(8, '0'))).map(
    tagText,
  );
}

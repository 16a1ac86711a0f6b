/** How a CTP script names attributes: keywords, tags, names that the script itself defines, paths through sequences. */
import { lookup, tagOf, tagText } from '../../../dicom/dictionary.ts';

export class ScriptNames {
  readonly #defined = new Map<string, string>();

  /** @param name the attribute `n` of an `e`; CTP's keywords differ from those of PS3.6 here and there */
  define(name: string, tag: string): void {
    if (/^[A-Za-z]\w*$/.test(name)) this.#defined.set(name, tag);
  }

  /**
   * An operand of a rule, or undefined where the attribute cannot be told.
   * @param self the tag that `this` stands for
   */
  operand(text: string, self: string): string | undefined {
    const inRoot = text.startsWith('root:');
    const steps = (inRoot ? text.slice(5) : text).split('::').map((step) => this.#tag(step.trim(), self));
    if (steps.some((step) => step === undefined) || steps.length > 8) return undefined;
    return `${inRoot ? 'root:' : ''}${steps.join('::')}`;
  }

  #tag(text: string, self: string): string | undefined {
    if (text === '' || text === 'this') return self;
    const digits = /^[[(]?([0-9A-Fa-f]{4}),?([0-9A-Fa-f]{4})[\])]?$/.exec(text);
    if (digits !== null) return tagText(Number.parseInt(`${digits[1]}${digits[2]}`, 16));
    // A word of eight letters from A to F is no keyword of PS3.6.
    try {
      return tagText(tagOf(text));
    } catch {
      return this.#defined.get(text);
    }
  }
}

/** '(gggg,eeee) Keyword' */
export function namedTag(tag: string): string {
  const keyword = lookup(Number.parseInt(tag.replace(/[(),]/g, ''), 16))?.keyword;
  return keyword === undefined ? tag : `${tag} ${keyword}`;
}

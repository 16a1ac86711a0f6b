/** A data set in the making: every element is written together with what is asked of it, so that key and file agree. */
import { lookup, tagOf } from '../../../node-agent/dicom/dictionary.ts';
import { tagText } from '../../phantom/answer-key.ts';
import { encodeText } from '../../phantom/character-sets.ts';
import { type Content, type PhantomElement, rawElement } from '../../phantom/elements.ts';
import type { Action, Answer, Needle } from './answers.ts';

/** A stretch of a free text: words that describe the image, or something that must go. */
export interface Stretch {
  readonly text: string;
  /** What kind of identifier it is; undefined for words that must stay. */
  readonly category?: string;
}

/** The words that separate names and dates from the rest in a text. */
const WORDS = /[\s,;:^=_/\\()[\]<>"-]+/u;
const SHORTEST_NEEDLE = 3;

/** Answers and needles of one object. */
export class AnswerRecord {
  readonly answers: Answer[] = [];
  readonly needles: Needle[] = [];
  readonly characterSet: readonly string[];

  constructor(characterSet: readonly string[]) {
    this.characterSet = characterSet;
  }

  answer(action: Action, category: string, path: string, value: string): void {
    this.answers.push({ action, category, path, value });
  }

  /** Drops what was asked of a place and of everything below it: something else is written there. */
  forget(path: string): void {
    const kept = this.answers.filter((answer) => answer.path !== path && !answer.path.startsWith(`${path}[`));
    this.answers.splice(0, this.answers.length, ...kept);
  }

  /** A text that must be nowhere; of a name or an address every word of it. */
  needle(category: string, text: string, wordByWord: boolean): void {
    const parts = wordByWord ? text.split(WORDS) : [text];
    for (const part of new Set(parts)) {
      if ([...part].length < SHORTEST_NEEDLE || /^\p{Ll}+$/u.test(part)) continue;
      const ascii = /^[\x20-\x7e]*$/.test(part);
      const needle = { category, text: part };
      if (!this.needles.some(({ text: known }) => known === part))
        this.needles.push(ascii ? needle : { ...needle, bytes: encodeText(this.characterSet, part) });
    }
  }
}

const WORD_BY_WORD = new Set(['name', 'physician', 'stranger', 'institution', 'address']);

export class Draft {
  readonly elements: PhantomElement[] = [];
  readonly record: AnswerRecord;
  readonly #prefix: string;

  constructor(record: AnswerRecord, prefix = '') {
    this.record = record;
    this.#prefix = prefix;
  }

  path(keyword: string): string {
    return this.#prefix + tagText(tagOf(keyword));
  }

  /** An element that nothing is asked of. A second one with the same tag replaces the first. */
  put(keyword: string, content: string | number | Content, vr = vrOf(keyword)): void {
    this.putTag(tagOf(keyword), vr, content);
  }

  putTag(tag: number, vr: string, content: string | number | Content): void {
    const at = this.elements.findIndex((element) => element.tag === tag);
    if (at >= 0) {
      this.elements.splice(at, 1);
      this.record.forget(this.#prefix + tagText(tag));
    }
    this.elements.push(rawElement(tag, vr, content));
  }

  /** A value that must survive as it is; one of several values each for itself. */
  retained(
    keyword: string,
    content: string | number | readonly string[] | readonly number[],
    category = 'technical',
  ): void {
    this.put(keyword, content as Content);
    const values = Array.isArray(content) ? content : [content];
    this.record.answer('tag_retained', category, this.path(keyword), '');
    for (const value of new Set(values))
      this.record.answer('text_retained', category, this.path(keyword), String(value));
  }

  /** An attribute that its IOD requires a value of, whatever it was. */
  notNull(keyword: string): void {
    this.record.answer('text_notnull', 'required by the IOD', this.path(keyword), '');
  }

  /** A value that is an identifier as a whole. */
  removed(keyword: string, value: string, category: string, vr?: string): void {
    if (vr === 'UN' || vr === 'OB') this.put(keyword, encodeText(this.record.characterSet, value), vr);
    else this.put(keyword, value.split('\\'), vr);
    this.gone(this.path(keyword), value, category);
  }

  /** Asks that a text is neither at the place nor anywhere else. */
  gone(path: string, value: string, category: string): void {
    this.record.answer('text_removed', category, path, value);
    this.record.needle(category, value, WORD_BY_WORD.has(category));
  }

  /** A free text of several stretches. */
  text(keyword: string, stretches: readonly Stretch[], options: { separator?: string; vr?: string } = {}): void {
    const whole = stretches.map(({ text }) => text).join(options.separator ?? ' ');
    const bytes = options.vr === 'UN' ? encodeText(this.record.characterSet, whole) : undefined;
    this.put(keyword, bytes ?? [whole], options.vr);
    for (const { text, category } of stretches) {
      if (category === undefined) this.record.answer('text_retained', 'description', this.path(keyword), text);
      else this.gone(this.path(keyword), text, category);
    }
  }

  /** A UID that stands for an instance; `consistent` where it must be the one that other objects have. */
  uid(keyword: string, uid: string, consistent = true): void {
    this.put(keyword, uid);
    const path = this.path(keyword);
    this.record.answer('uid_changed', 'uid', path, uid);
    if (consistent) this.record.answer('uid_consistent', 'uid', path, uid);
    this.record.needle('uid', uid, false);
  }

  date(keyword: string, value: string): void {
    this.put(keyword, value);
    this.record.answer('date_shifted', 'date', this.path(keyword), value);
    this.record.needle('date', value.slice(0, 8), false);
  }

  sequence(keyword: string, ...items: ((item: Draft) => void)[]): void {
    this.sequenceTag(tagOf(keyword), 'SQ', ...items);
  }

  sequenceTag(tag: number, vr: string, ...items: ((item: Draft) => void)[]): void {
    const at = this.elements.findIndex((element) => element.tag === tag);
    if (at >= 0) this.elements.splice(at, 1);
    this.record.forget(this.#prefix + tagText(tag));
    const filled = items.map((fill, index) => {
      const item = new Draft(this.record, `${this.#prefix}${tagText(tag)}[${index}]/`);
      fill(item);
      return item.elements;
    });
    this.putTag(tag, vr, filled);
  }

  /** A coded entry whose meaning must survive. */
  code(keyword: string, value: string, scheme: string, meaning: string): void {
    this.sequence(keyword, (item) => {
      item.retained('CodeValue', value, 'coded');
      item.retained('CodingSchemeDesignator', scheme, 'coded');
      item.retained('CodeMeaning', meaning, 'coded');
    });
  }

  /** A private element: nothing of it may be found. Without value: a creator. */
  private(tag: number, vr: string, value: string | Content, planted: string, category: string): void {
    this.putTag(tag, vr, value);
    if (planted !== '') this.gone(this.#prefix + tagText(tag), planted, category);
  }
}

function vrOf(keyword: string): string {
  const vr = lookup(tagOf(keyword))?.vr.split(' or ')[0];
  if (vr === undefined) throw new Error(`${keyword} is not in PS3.6.`);
  return vr;
}

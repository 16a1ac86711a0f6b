/**
 * Data elements of a phantom before encoding, with the answers written on them: what an element
 * betrays and what of it must survive. The answer key is read off these marks, so it cannot say
 * anything else than the files.
 */
import attributes from './data/attributes.json' with { type: 'json' };

/** What a planted value is. `age` is an age over 89 years, `ae-title` the name of a network node. */
export type PlantedKind =
  | 'name'
  | 'id'
  | 'date'
  | 'uid'
  | 'institution'
  | 'physician'
  | 'phone'
  | 'address'
  | 'accession'
  | 'device-serial'
  | 'ae-title'
  | 'age'
  | 'free-text';

/** One answer: `value` is the exact text that must go, or must stay. */
export type Mark =
  | { readonly action: 'remove'; readonly kind: PlantedKind; readonly value?: string }
  | { readonly action: 'retain'; readonly value?: string };

export type Item = readonly PhantomElement[];
export type Content = readonly string[] | readonly number[] | Uint8Array | readonly Item[];

export interface PhantomElement {
  readonly tag: number;
  readonly vr: string;
  readonly content: Content;
  readonly marks: readonly Mark[];
}

const table = attributes.attributes as Record<string, readonly string[]>;

/** An element of the standard by its keyword; numbers for IS and DS become text. */
export function element(keyword: string, content: string | number | Content, ...marks: Mark[]): PhantomElement {
  const [tag = '', vr = ''] = table[keyword] ?? [];
  if (tag === '') throw new Error(`${keyword} is not in data/attributes.json.`);
  return rawElement(Number.parseInt(tag, 16), vr, content, ...marks);
}

/** An element by tag and VR, for private ones. */
export function rawElement(
  tag: number,
  vr: string,
  content: string | number | Content,
  ...marks: Mark[]
): PhantomElement {
  const list = typeof content === 'string' || typeof content === 'number' ? [content] : content;
  return { tag, vr, content: asText(vr, list as Content), marks };
}

/** Marks for a value that must go. Without a value, the whole element is meant. */
export function remove(kind: PlantedKind, value?: string): Mark {
  return value === undefined ? { action: 'remove', kind } : { action: 'remove', kind, value };
}

/** Marks a value that must survive. */
export function retain(value?: string): Mark {
  return value === undefined ? { action: 'retain' } : { action: 'retain', value };
}

/** A coded entry (PS3.3 §8.8): an item with code value, scheme and meaning. */
export function code(value: string, scheme: string, meaning: string): Item {
  return [element('CodeValue', value), element('CodingSchemeDesignator', scheme), element('CodeMeaning', meaning)];
}

export function isItems(content: Content): content is readonly Item[] {
  return Array.isArray(content) && (content.length === 0 || Array.isArray(content[0]));
}

/** Decimal and integer strings (PS3.5 §6.2) hold at most 16 and 12 characters. */
function asText(vr: string, content: Content): Content {
  if (content instanceof Uint8Array || (vr !== 'DS' && vr !== 'IS') || isItems(content)) return content;
  return content.map((value) => (typeof value === 'number' ? shortNumber(value) : String(value)));
}

function shortNumber(value: number): string {
  const text = String(value);
  return text.length <= 12 ? text : value.toPrecision(8).replace(/\.?0+$/u, '');
}

/** The parts of a coded entry (PS3.3 §8.8): a scheme's name alone does not make a value one of its codes. */
import type { DataSet, Tag } from '../dicom/data-set.ts';
import { tagOf } from '../dicom/dictionary.ts';
import { readTable, type Table } from './read-table.ts';

interface File extends Table {
  readonly default: string;
  readonly forms: Readonly<Record<string, readonly string[]>>;
  readonly designators: readonly string[];
  readonly version: string;
  readonly privateDesignator: string;
  readonly neutralDesignator: string;
  readonly enumerated: Readonly<Record<string, readonly string[]>>;
  readonly contextIdentifier: string;
}

interface Meanings extends Table {
  readonly meanings: readonly string[];
}

interface Codes extends Table {
  /** The meaning of every code, by coding scheme. */
  readonly codes: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** How texts are cleaned, and what identifies somebody in this object. */
export interface CodedTextRules {
  clean(value: string, mode: 'allow-list' | 'guarded'): string;
  /** Whether the value holds a name or another identifier of this object. */
  identifies(value: string): boolean;
}

const file = readTable<File>('coding-schemes.json');
const PUBLISHED_MEANINGS: ReadonlySet<string> = new Set(readTable<Meanings>('published-meanings.json').meanings);
const PUBLISHED_CODES = readTable<Codes>('published-codes.json').codes;
const DEFAULT_FORMS = [new RegExp(file.default)];
const FORMS: ReadonlyMap<string, readonly RegExp[]> = new Map(
  file.designators.map((designator) => [
    designator,
    file.forms[designator]?.map((form) => new RegExp(form)) ?? DEFAULT_FORMS,
  ]),
);
const VERSION = new RegExp(file.version);
const PRIVATE_DESIGNATOR = new RegExp(file.privateDesignator);
const CONTEXT_IDENTIFIER = new RegExp(file.contextIdentifier);
const ENUMERATED: ReadonlyMap<Tag, ReadonlySet<string>> = new Map(
  Object.entries(file.enumerated).map(([digits, values]) => [Number.parseInt(digits, 16), new Set(values)]),
);

const DESIGNATOR = tagOf('CodingSchemeDesignator');
const SCHEME_VERSION = tagOf('CodingSchemeVersion');
const MEANING = tagOf('CodeMeaning');
const CODE_VALUE = tagOf('CodeValue');
const CONTEXT = tagOf('ContextIdentifier');
const CODES: ReadonlySet<Tag> = new Set([tagOf('CodeValue'), tagOf('LongCodeValue'), tagOf('URNCodeValue')]);
/** Stands where a coded entry must have a value and could not keep its own. */
const NEUTRAL = 'REMOVED';
/** A long code has more than 16 characters, a URN its prefix (PS3.3 Table 8.8-1). */
const NEUTRAL_CODES: ReadonlyMap<Tag, string> = new Map([
  [tagOf('LongCodeValue'), 'REMOVED-REMOVED-REMOVED'],
  [tagOf('URNCodeValue'), 'urn:gatehouse:removed'],
]);

/** Whether the text is the number of a context group, as PS3.16 gives them. */
export function isContextIdentifier(text: string): boolean {
  return CONTEXT_IDENTIFIER.test(text);
}

/**
 * What one text of a coded entry becomes; '' when nothing of it may stay. Code, designator and meaning
 * are required of every entry (PS3.3 §8.8), so they become neutral instead.
 */
export function cleanCodedText(tag: Tag, value: string, entry: DataSet, rules: CodedTextRules): string {
  const enumerated = ENUMERATED.get(tag);
  if (enumerated !== undefined) return enumerated.has(value) ? value : '';
  if (tag === CONTEXT) return CONTEXT_IDENTIFIER.test(value) ? value : '';
  if (tag === DESIGNATOR) return designator(value, rules);
  if (tag === MEANING) return meaning(value, rules, publishedMeaning(entry)) || NEUTRAL;
  const forms = FORMS.get(entry.string(DESIGNATOR) ?? '');
  if (CODES.has(tag)) return code(value, forms, rules) || (NEUTRAL_CODES.get(tag) ?? NEUTRAL);
  if (tag === SCHEME_VERSION && forms !== undefined && VERSION.test(value) && !rules.identifies(value)) return value;
  return rules.clean(value, 'allow-list');
}

function designator(value: string, rules: CodedTextRules): string {
  if (FORMS.has(value)) return value;
  if (PRIVATE_DESIGNATOR.test(value) && !rules.identifies(value) && !rules.identifies(value.slice(2))) return value;
  const owner = value.replace(/^99/, '');
  return owner !== '' && rules.clean(owner, 'allow-list') === owner ? value : file.neutralDesignator;
}

/** Digits are codes as often as not (SNOMED CT: 10200004), so a code of the right form is not searched for patterns. */
function code(value: string, forms: readonly RegExp[] | undefined, rules: CodedTextRules): string {
  if (forms?.some((form) => form.test(value)) === true && !rules.identifies(value)) return value;
  return rules.clean(value, 'allow-list') === value ? value : '';
}

/** Words of the sender stay where they are published or harmless; where the code is known, its published meaning is written instead of what is left. */
function meaning(value: string, rules: CodedTextRules, published: string | undefined): string {
  if (PUBLISHED_MEANINGS.has(value.trim().toLowerCase())) return rules.clean(value, 'guarded');
  const cleaned = rules.clean(value, 'allow-list');
  return cleaned === value || published === undefined ? cleaned : rules.clean(published, 'guarded');
}

function publishedMeaning(entry: DataSet): string | undefined {
  const codes = PUBLISHED_CODES[entry.string(DESIGNATOR) ?? ''];
  const value = entry.string(CODE_VALUE) ?? '';
  return codes !== undefined && Object.hasOwn(codes, value) ? codes[value] : undefined;
}

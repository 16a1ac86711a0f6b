/** What becomes of a value, by kind: the rules that need the object's patient, its UIDs and its known identifiers. */
import type { DataElement, DataSet, Tag } from '../dicom/data-set.ts';
import { type CodedTextRules, cleanCodedText } from './coded-entries.ts';
import { type DatePolicy, isTemporal } from './date-policy.ts';
import { textValues } from './element-values.ts';
import type { PlannedAction } from './plan.ts';
import { ENUMERATED_VALUES } from './retained-attributes.ts';
import { capAge } from './temporal.ts';
import { DatesInText } from './text/dates-in-text.ts';
import { wordsOf } from './text/folding.ts';
import type { KnownIdentifiers } from './text/known-identifiers.ts';
import type { TextCleaner, TextMode } from './text/text-cleaner.ts';
import type { UnknownWords } from './text/unknown-words.ts';
import type { UidReplacement } from './uid-replacement.ts';

export type ValueKind =
  | 'uid'
  | 'date'
  | 'time'
  | 'time-zone'
  | 'date-or-text'
  | 'age'
  | 'code'
  | 'number'
  | 'coded'
  | 'retained'
  | 'unchanged-time'
  | TextMode;

/** The new text, or no text when the value stays as it is. */
interface ValueOutcome {
  readonly action: PlannedAction;
  readonly text?: string;
}

const CODE_STRING = /^[A-Z0-9 _]{0,16}$/;
const DECIMAL = /^ *[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)? *$/;
const TIME_ZONE = /^[+-]\d{4}$/;

export class ValueRules {
  readonly #uids: UidReplacement;
  readonly #cleaner: TextCleaner;
  readonly #known: KnownIdentifiers;
  readonly #dates: DatePolicy;
  readonly #datesInText: DatesInText;
  readonly #codedText: CodedTextRules;
  readonly #unknown: UnknownWords | undefined;

  constructor(
    uids: UidReplacement,
    cleaner: TextCleaner,
    known: KnownIdentifiers,
    dates: DatePolicy,
    { unknown, birthDate }: { unknown?: UnknownWords; birthDate?: string | undefined } = {},
  ) {
    this.#uids = uids;
    this.#cleaner = cleaner;
    this.#known = known;
    this.#dates = dates;
    this.#datesInText = new DatesInText(dates, birthDate);
    this.#unknown = unknown;
    this.#codedText = {
      clean: (value, mode) => this.#clean(value, mode),
      identifies: (value) =>
        known.blankPhrases(value) !== value || wordsOf(value).some((word) => known.identifies(word)),
    };
  }

  /** The outcome for an element's values; undefined when nothing of them may stay. */
  apply(kind: ValueKind, dataSet: DataSet, element: DataElement, vr: string): ValueOutcome | undefined {
    if (element.value.kind !== 'bytes') return undefined;
    const values = textValues(dataSet, element, vr);
    switch (kind) {
      case 'uid':
        return changed('replace-uid', values, (value) => this.#uids.replace(element.tag, value));
      case 'date':
        return changed('shift-date', values, (value) => this.#date(value, vr));
      case 'time':
        return changed('keep', values, (value) => this.#dates.time(value));
      case 'time-zone':
        return changed('clean-text', values, (value) => (TIME_ZONE.test(value) ? value : undefined));
      case 'date-or-text':
        return changed('shift-date', values, (value) => this.#date(value, 'DT') ?? this.#clean(value, 'allow-list'));
      case 'age':
        return changed('cap-age', values, capAge);
      case 'number':
        return changed('keep', values, (value) => (value === '' || DECIMAL.test(value) ? value : undefined));
      case 'code':
        return changed('clean-text', values, (value) => this.#code(element.tag, value));
      case 'coded':
        return changed('clean-text', values, (value) => cleanCodedText(element.tag, value, dataSet, this.#codedText));
      case 'retained':
        return changed('clean-text', values, (value) =>
          this.#codedText.identifies(value) ? this.#clean(value, 'guarded') : value,
        );
      case 'unchanged-time':
        return changed('keep', values, (value) => (value === '' || isTemporal(value, vr) ? value : undefined));
      case 'allow-list':
        return changed('clean-text', values, (value) => {
          const cleaned = this.#cleaner.cleanDescription(value, this.#known, this.#datesInText);
          if (cleaned !== value) this.#unknown?.note(element.tag, vr, value);
          return cleaned;
        });
      case 'guarded':
        return changed('clean-text', values, (value) => this.#clean(value, kind));
    }
  }

  /** What may be shown of a value in another attribute; '' where nothing may. @param mode for texts */
  shown(tag: Tag, value: string, vr: string, mode: TextMode): string {
    switch (vr) {
      case 'UI':
        return this.#uids.replace(tag, value);
      case 'DA':
      case 'DT':
        return this.#date(value, vr) ?? '';
      case 'TM':
        return this.#dates.time(value) ?? '';
      case 'AS':
        return capAge(value) ?? '';
      case 'DS':
      case 'IS':
        return DECIMAL.test(value) ? value.trim() : '';
      case 'CS':
        return this.#code(tag, value);
      default:
        return this.#clean(value, mode);
    }
  }

  /** Texts that show something of the original, without what names the patient. */
  guarded(values: readonly string[]): readonly string[] {
    return values.map((value) => (this.#codedText.identifies(value) ? this.#clean(value, 'guarded') : value));
  }

  #date(value: string, vr: string): string | undefined {
    if (value === '') return value;
    return vr === 'DT' ? this.#dates.dateTime(value) : this.#dates.date(value);
  }

  #clean(value: string, mode: TextMode): string {
    return this.#cleaner.clean(value, mode, this.#known);
  }

  /** A defined term stays as it is; anything that no CS could hold ('Brain', 'tête') is treated as a description. */
  #code(tag: Tag, value: string): string {
    const enumerated = ENUMERATED_VALUES.get(tag);
    if (enumerated !== undefined) return enumerated.has(value) ? value : '';
    const names = wordsOf(value).some((word) => this.#known.identifies(word));
    if (CODE_STRING.test(value) && !names && !/\d{7,}/.test(value)) return value;
    return this.#clean(value, 'allow-list');
  }
}

/** Changes value by value; undefined when one value cannot stay at all, or when nothing is left of any. */
function changed(
  action: PlannedAction,
  values: readonly string[],
  change: (value: string) => string | undefined,
): ValueOutcome | undefined {
  const results: string[] = [];
  let same = true;
  for (const value of values) {
    const result = change(value);
    if (result === undefined) return undefined;
    if (result !== value) same = false;
    results.push(result);
  }
  if (same) return { action };
  if (results.every((result) => result === '')) return undefined;
  return { action, text: results.join('\\') };
}

/**
 * The conformance gate: what de-identification wrote may not be wrong in a way in which the original was not. Both trees
 * are walked side by side; values that were carried over as they are cannot have become wrong and are not looked at.
 */
import type { DataElement, DataSet, Tag } from '../../dicom/data-set.ts';
import { tagOf, tagText } from '../../dicom/dictionary.ts';
import type { AttributeType, AttributeTypes, TypeScope } from '../attribute-types.ts';
import { isEmpty, textValues } from '../element-values.ts';
import { QUALIFYING } from '../qualifiers.ts';
import { openReferences } from './reference-closure.ts';
import { valueFault } from './value-form.ts';

/** Repeating groups of curves and overlays, whose modules no image needs (PS3.3 §C.9.2). */
const OPTIONAL_GROUPS = new Set([0x50, 0x60]);
const FOLLOWS_OTHERS: ReadonlySet<Tag> = new Set([
  ...QUALIFYING,
  ...['SpecificCharacterSet', 'CodingSchemeVersion', 'LongCodeValue', 'URNCodeValue'].map(tagOf),
]);
const MOST_FAULTS = 64;

/** What the output got wrong, each as 'place: what'; [] when it is as sound as its original. Never a value. */
export function addedFaults(original: DataSet, output: DataSet, types: AttributeTypes, sopClassUid: string): string[] {
  const walk = new Walk();
  walk.compare(original, output, types.scopeOf(sopClassUid), '');
  const faults = walk.faults;
  const open = openReferences(output);
  if (open.length > 0) {
    const before = new Set(openReferences(original));
    for (const reference of open) if (!before.has(reference)) faults.add(reference);
  }
  return [...faults];
}

class Walk {
  readonly faults = new Set<string>();
  /** Every UID met with its replacement, both ways: two that were equal stay so, two that were not do not become so. */
  readonly #replacements = new Map<string, string>();
  readonly #originals = new Map<string, string>();

  compare(original: DataSet, output: DataSet, scope: TypeScope, prefix: string): void {
    for (const element of original.elements) {
      const type = scope.typeOf(element.tag);
      if (isRequired(type) && !output.has(element.tag) && !mayGo(element)) {
        this.#fault(prefix, element.tag, `of type ${type}, missing`);
      }
    }
    let last = -1;
    for (const element of output.elements) {
      if (element.tag <= last) this.#fault(prefix, element.tag, 'out of order');
      last = element.tag;
      this.#element(original, original.get(element.tag), output, element, scope, prefix);
    }
  }

  #element(
    original: DataSet,
    before: DataElement | undefined,
    output: DataSet,
    element: DataElement,
    scope: TypeScope,
    prefix: string,
  ): void {
    const { tag, value } = element;
    if (value === before?.value && element.vr === before.vr && element.vr !== 'UI') return;
    const type = scope.typeOf(tag);
    if (before !== undefined && isValued(type) && isEmpty(element) && !isEmpty(before))
      this.#fault(prefix, tag, `of type ${type}, empty`);
    if (value.kind === 'sequence') {
      this.#items(before, element, scope, prefix);
      return;
    }
    const fault = valueFault(output, element);
    if (fault !== undefined && (before === undefined || valueFault(original, before) !== fault))
      this.#fault(prefix, tag, fault);
    if (element.vr === 'UI' && before !== undefined) this.#uids(original, before, output, element, prefix);
  }

  /** Items are never left out one by one: a sequence of another length was written anew and stands for itself. */
  #items(before: DataElement | undefined, { tag, value }: DataElement, scope: TypeScope, prefix: string): void {
    if (value.kind !== 'sequence') return;
    const counterparts = before?.value.kind === 'sequence' ? before.value.items : [];
    const inside = scope.inside(tag);
    for (const [index, { dataSet }] of value.items.entries()) {
      const counterpart = counterparts.length === value.items.length ? counterparts[index]?.dataSet : undefined;
      this.compare(counterpart ?? dataSet, dataSet, inside, `${prefix}${tagText(tag)}[*]/`);
    }
  }

  #uids(original: DataSet, before: DataElement, output: DataSet, element: DataElement, prefix: string): void {
    const written = textValues(output, element, 'UI');
    for (const [index, uid] of textValues(original, before, 'UI').entries()) {
      const replacement = written[index] ?? '';
      if (uid === '' || replacement === '') continue;
      const known = this.#replacements.get(uid) ?? replacement;
      const owner = this.#originals.get(replacement) ?? uid;
      if (known !== replacement || owner !== uid) this.#fault(prefix, element.tag, 'UID not replaced as elsewhere');
      this.#replacements.set(uid, replacement);
      this.#originals.set(replacement, uid);
    }
  }

  #fault(prefix: string, tag: number, what: string): void {
    if (this.faults.size < MOST_FAULTS) this.faults.add(`${prefix}${tagText(tag)}: ${what}`);
  }
}

/**
 * The character set follows what is written; which parts a coded entry needs depends on its code, which may have become a
 * neutral one; curves and overlays are modules of their own; what is empty says nothing.
 */
function mayGo(element: DataElement): boolean {
  const { tag } = element;
  return FOLLOWS_OTHERS.has(tag) || OPTIONAL_GROUPS.has(tag >>> 24) || isEmpty(element);
}

/** 2C stays out: with the value its condition may have gone. */
function isRequired(type: AttributeType | undefined): boolean {
  return type === '1' || type === '1C' || type === '2';
}

function isValued(type: AttributeType | undefined): boolean {
  return type === '1' || type === '1C';
}

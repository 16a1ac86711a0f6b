/**
 * Names of graphic layers (PS3.3 §C.10.7). People type them, and annotations, overlays and shutters refer to a layer by
 * its name: a name that may not stay is replaced, the same way wherever it stands in the object.
 */
import type { DataElement, DataSet, Tag } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { textValues } from '../element-values.ts';
import type { ElementPlan } from '../plan.ts';
import type { SpecialRule } from '../special-rule.ts';

const LAYER = tagOf('GraphicLayer');
const RULE = 'graphic layer';

export class GraphicLayers implements SpecialRule {
  readonly #clean: (name: string) => string;
  readonly #names = new Map<string, string>();

  /** @param clean what may stay of a name; '' when nothing */
  constructor(clean: (name: string) => string) {
    this.#clean = clean;
  }

  plan(element: DataElement, dataSet: DataSet, vr: string): ElementPlan | undefined {
    if (!isLayer(element.tag)) return undefined;
    const before = textValues(dataSet, element, vr);
    const after = before.map((name) => (name === '' ? name : this.#nameOf(name)));
    if (after.every((name, at) => name === before[at])) return { element, vr, action: 'keep', rule: RULE };
    return { element, vr, action: 'dummy', rule: RULE, text: after.join('\\') };
  }

  #nameOf(name: string): string {
    let given = this.#names.get(name);
    if (given === undefined) {
      given = this.#clean(name) === name ? name : `LAYER ${this.#names.size + 1}`;
      this.#names.set(name, given);
    }
    return given;
  }
}

function isLayer(tag: Tag): boolean {
  return tag === LAYER;
}

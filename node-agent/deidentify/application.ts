/** Carries out a plan: builds the data set that will be written. */
import type { DataElement, DataSet } from '../dicom/data-set.ts';
import { bytesElement, makeDataSet, textElement } from '../dicom/element.ts';
import type { DataSetPlan, ElementPlan } from './plan.ts';
import { fold } from './text/folding.ts';

const NO_BYTES = new Uint8Array(0);
const LONGEST: Readonly<Record<string, number>> = { SH: 16, LO: 64, CS: 16, AE: 16, PN: 64 };

/** @param additions elements to write besides, or instead of, those of the plan */
export function applyPlan(plan: DataSetPlan, additions: readonly DataElement[] = [], parent?: DataSet): DataSet {
  const { dataSet } = plan;
  const replaced = new Set(additions.map(({ tag }) => tag));
  const elements = [...additions];
  for (const planned of plan.elements) {
    if (replaced.has(planned.element.tag)) continue;
    const element = applyElement(planned, dataSet);
    if (element !== undefined) elements.push(element);
  }
  elements.sort((left, right) => left.tag - right.tag);
  return makeDataSet(dataSet.encoding, elements, parent?.characterSet);
}

function applyElement(planned: ElementPlan, dataSet: DataSet): DataElement | undefined {
  const { element, action } = planned;
  if (action === 'remove') return undefined;
  if (action === 'empty') return emptied(planned);
  if (action === 'items') return withItems(planned, dataSet);
  if (planned.replacement !== undefined) return planned.replacement;
  if (planned.text !== undefined) return newText(dataSet, planned, planned.text);
  return element;
}

function emptied({ element, vr }: ElementPlan): DataElement {
  if (element.value.kind === 'sequence') return { ...element, vr: 'SQ', value: { ...element.value, items: [] } };
  return { tag: element.tag, vr, value: { kind: 'bytes', bytes: NO_BYTES } };
}

function withItems({ element, items = [] }: ElementPlan, parent: DataSet): DataElement {
  if (element.value.kind !== 'sequence') throw new Error('A plan has items for an element that is no sequence.');
  return {
    tag: element.tag,
    vr: 'SQ',
    value: {
      ...element.value,
      items: items.map(({ item, plan }) => ({ ...item, dataSet: applyPlan(plan, [], parent) })),
    },
  };
}

/** In the data set's own character set, else with accents taken off, else without what cannot be written. */
function newText(dataSet: DataSet, { element, vr }: ElementPlan, text: string): DataElement {
  const limit = LONGEST[vr];
  const fitting =
    limit === undefined
      ? text
      : text
          .split('\\')
          .map((value) => value.slice(0, limit).trim())
          .join('\\');
  const { characterSet } = dataSet;
  const bytes = characterSet.encode(fitting) ?? characterSet.encode(asciiOf(fitting));
  if (bytes !== undefined && vr !== 'UI') return bytesElement(element.tag, vr, bytes);
  return textElement(dataSet.encoding, element.tag, vr, asciiOf(fitting));
}

function asciiOf(text: string): string {
  // Folding also lowers the case, so it is only used on what is not ASCII already.
  return [...text]
    .map((letter) => (letter < '\x80' ? letter : fold(letter)))
    .join('')
    .replace(/[^\x20-\x7e\r\n\t\f]/g, '');
}

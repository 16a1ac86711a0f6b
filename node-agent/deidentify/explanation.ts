/**
 * Why an object comes out as it does: tag by tag what stood there, what will stand there, by which layer of the profile and
 * which section of the standard. What stood there identifies: it is for the identified zone alone.
 */
import type { DataElement, DataSet } from '../dicom/data-set.ts';
import { lookup, tagText } from '../dicom/dictionary.ts';
import { effectiveVr, textValues } from './element-values.ts';
import type { CleanedObject } from './object-cleaning.ts';
import { sectionsOf } from './options.ts';
import type { DataSetPlan, ElementPlan, PlannedAction } from './plan.ts';

/** What decided about an element, from the strongest to the weakest. */
export type ExplainedLayer = 'stamp' | 'profile rule' | 'option' | 'basic profile' | 'unlisted';

export interface ExplainedElement {
  /** Tags from the outside in, with the numbers of items: '(0008,1140)[0]/(0008,1155)'. */
  readonly path: string;
  /** Of PS3.6; undefined for private and unknown attributes. */
  readonly name: string | undefined;
  readonly vr: string;
  readonly action: PlannedAction | 'add';
  readonly layer: ExplainedLayer;
  readonly rule: string;
  /** Where the standard says so; undefined for rules of this engine and of the site. */
  readonly section: string | undefined;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly disagreement?: string;
  readonly override?: string;
}

const LONGEST_VALUE = 120;
const NUMBERS = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'UV', 'SV', 'AT']);
const STAMPED = 'written by the profile';

/** @param profileName by which rules of the profile itself are known */
export function explain(cleaned: CleanedObject, profileName: string): ExplainedElement[] {
  const { plan, output, stamps } = cleaned;
  const stamped = new Set(stamps.map(({ tag }) => tag));
  const planned = explainDataSet(plan, output, '', profileName, stamped);
  const standing = new Set(plan.elements.map(({ element }) => element.tag));
  const added = stamps.filter(({ tag }) => !standing.has(tag)).map((element) => stamp(element, undefined, output));
  return [...planned, ...added].sort((one, other) => (one.path < other.path ? -1 : 1));
}

function explainDataSet(
  plan: DataSetPlan,
  output: DataSet | undefined,
  prefix: string,
  profileName: string,
  stamped: ReadonlySet<number>,
): ExplainedElement[] {
  return plan.elements.flatMap((planned) => {
    const { element, items } = planned;
    if (prefix === '' && stamped.has(element.tag)) {
      const written = output?.get(element.tag);
      return [stamp(written ?? element, shown(plan.dataSet, element), output)];
    }
    const own = explainElement(planned, plan.dataSet, output, prefix, profileName);
    const outputs = output?.items(element.tag) ?? [];
    const inside = (items ?? []).flatMap(({ plan: nested }, index) =>
      explainDataSet(nested, outputs[index], `${own.path}[${index}]/`, profileName, stamped),
    );
    return [own, ...inside];
  });
}

function explainElement(
  planned: ElementPlan,
  input: DataSet,
  output: DataSet | undefined,
  prefix: string,
  profileName: string,
): ExplainedElement {
  const { element, vr, action, rule, disagreement, override } = planned;
  const after = action === 'remove' ? undefined : output?.get(element.tag);
  return {
    path: prefix + tagText(element.tag),
    name: lookup(element.tag)?.name,
    vr,
    action,
    ...layerOf(rule, profileName),
    rule,
    before: shown(input, element),
    after: after && output && shown(output, after),
    ...(disagreement === undefined ? {} : { disagreement }),
    ...(override === undefined ? {} : { override }),
  };
}

function stamp(element: DataElement, before: string | undefined, output: DataSet | undefined): ExplainedElement {
  return {
    path: tagText(element.tag),
    name: lookup(element.tag)?.name,
    vr: element.vr,
    action: before === undefined ? 'add' : 'pseudonym',
    layer: 'stamp',
    rule: STAMPED,
    section: 'PS3.15 §E.1.1',
    before,
    after: output && shown(output, element),
  };
}

/** The rule of an element names the layer it comes from: see `decideByOptions`, `ProfileRules` and the planner. */
function layerOf(rule: string, profileName: string): Pick<ExplainedElement, 'layer' | 'section'> {
  const options = /^E\.1-1 \S+ \((.*)\)$/.exec(rule)?.[1]?.split(', ');
  if (options !== undefined) {
    const sections = sectionsOf(options).map((section) => `§${section}`);
    return { layer: 'option', section: `PS3.15 Table E.1-1, ${sections.join(', ')}` };
  }
  if (rule.startsWith('E.1-1 ')) return { layer: 'basic profile', section: 'PS3.15 Table E.1-1, §E.2' };
  if (rule.startsWith(`${profileName}: `)) return { layer: 'profile rule', section: undefined };
  return { layer: 'unlisted', section: undefined };
}

/** The value for a person to read: not all of a long one, and of pixels and sequences only how much there is. */
function shown(dataSet: DataSet, element: DataElement): string {
  const { value } = element;
  switch (value.kind) {
    case 'sequence':
      return `${value.items.length} items`;
    case 'bulk':
      return `${value.length} bytes`;
    case 'encapsulated':
      return `${value.fragments.length} fragments`;
    case 'bytes':
      return shownBytes(dataSet, element, value.bytes);
  }
}

function shownBytes(dataSet: DataSet, element: DataElement, bytes: Uint8Array): string {
  const vr = effectiveVr(element);
  if (NUMBERS.has(element.vr)) return shortened(dataSet.numbers(element.tag).join('\\'));
  if (vr.startsWith('O') || NUMBERS.has(vr)) return `${bytes.length} bytes`;
  return shortened(textValues(dataSet, element, vr).join('\\'));
}

function shortened(text: string): string {
  const clean = text.replace(/\p{Cc}+/gu, ' ');
  return clean.length > LONGEST_VALUE ? `${clean.slice(0, LONGEST_VALUE - 1)}…` : clean;
}

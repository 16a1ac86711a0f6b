/** The plan for an object: for every element what will be done and by which rule, before a byte is written. */
import type { DataElement, DataSet, SequenceItem } from '../dicom/data-set.ts';

export type PlannedAction =
  | 'keep'
  | 'remove'
  | 'empty'
  | 'dummy'
  | 'replace-uid'
  | 'shift-date'
  | 'cap-age'
  | 'clean-text'
  | 'pseudonym'
  | 'items';

export interface ElementPlan {
  readonly element: DataElement;
  /** The VR that is written: the dictionary's where the stream said UN. */
  readonly vr: string;
  readonly action: PlannedAction;
  /** The row and layer of the profile, or the rule for attributes that the table does not list. */
  readonly rule: string;
  /** The new text of the element, values joined by backslashes; for actions that write one. */
  readonly text?: string;
  /** The element to write instead, for dummies that are not text. */
  readonly replacement?: DataElement;
  /** For `items`: the plan of each item. */
  readonly items?: readonly ItemPlan[];
  /** Where chosen options disagree about the attribute: which did, and which won. */
  readonly disagreement?: string;
  /** Where a rule of the profile lets more through than the basic profile: which rule, and the reason it gives. */
  readonly override?: string;
}

export interface ItemPlan {
  readonly item: SequenceItem;
  readonly plan: DataSetPlan;
}

export interface DataSetPlan {
  readonly dataSet: DataSet;
  readonly elements: readonly ElementPlan[];
}

/** What a report says about all elements at one place that were treated alike. */
export interface ReportedAction {
  /** Tags from the outside in, [*] for the items in between: '(0008,1140)[*]/(0008,1155)'. */
  readonly path: string;
  readonly action: PlannedAction;
  readonly rule: string;
  readonly count: number;
}

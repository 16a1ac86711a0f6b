/** A rule that knows more about an element than its tag and its VR: where it stands and what stands beside it. */
import type { DataElement, DataSet } from '../dicom/data-set.ts';
import type { ElementPlan } from './plan.ts';

export interface SpecialRule {
  /**
   * What becomes of the element; undefined leaves it to the table and the VR. Asked before those, and for
   * the elements of an item after the sequence that holds it.
   */
  plan(element: DataElement, dataSet: DataSet, vr: string): ElementPlan | undefined;
}

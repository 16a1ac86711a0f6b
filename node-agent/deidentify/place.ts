/** One element with everything that decides about it: where it stands and what type it has there. */
import type { DataElement, DataSet } from '../dicom/data-set.ts';
import type { AttributeType, TypeScope } from './attribute-types.ts';
import type { ElementPlan } from './plan.ts';

export interface Place {
  readonly element: DataElement;
  readonly dataSet: DataSet;
  /** The VR to go by; see `effectiveVr`. */
  readonly vr: string;
  readonly type: AttributeType | undefined;
  readonly scope: TypeScope;
}

export function removal(element: DataElement, rule: string): ElementPlan {
  return { element, vr: element.vr, action: 'remove', rule };
}

/** The writing on an image, for profiles that do not clean graphics: the drawing stays, not one word of it does. */
import type { DataElement, DataSet } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { dummyText } from '../dummies.ts';
import { isEmpty } from '../element-values.ts';
import type { ElementPlan } from '../plan.ts';
import type { SpecialRule } from '../special-rule.ts';

const WRITING = tagOf('UnformattedTextValue');

export class AnnotationTextRemoved implements SpecialRule {
  plan(element: DataElement, _dataSet: DataSet, vr: string): ElementPlan | undefined {
    if (element.tag !== WRITING || isEmpty(element)) return undefined;
    return { element, vr, action: 'dummy', rule: 'writing on an image', text: dummyText('ST') ?? '' };
  }
}

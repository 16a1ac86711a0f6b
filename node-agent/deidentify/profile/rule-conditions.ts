/** Whether a rule of a profile is for this object: its conditions look at the top of the original. */
import type { DataSet, Tag } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { isEmpty, textsAt } from '../element-values.ts';
import type { RuleConditions } from './profile-file.ts';
import { tagFrom } from './rule-selector.ts';

const MODALITY = tagOf('Modality');
const SOP_CLASS = tagOf('SOPClassUID');
const MANUFACTURER = tagOf('Manufacturer');

export function conditionsHold(when: RuleConditions | undefined, dataSet: DataSet): boolean {
  if (when === undefined) return true;
  const { modality, sopClass, manufacturer, present, absent, equals } = when;
  const oneOf = (wanted: readonly string[] | undefined, tag: Tag): boolean =>
    wanted === undefined || textsAt(dataSet, tag).some((value) => wanted.includes(value));
  return (
    oneOf(modality, MODALITY) &&
    oneOf(sopClass, SOP_CLASS) &&
    (manufacturer === undefined || madeBy(manufacturer, dataSet)) &&
    (present === undefined || hasValue(dataSet, tagFrom(present))) &&
    (absent === undefined || !hasValue(dataSet, tagFrom(absent))) &&
    (equals === undefined || textsAt(dataSet, tagFrom(equals.tag)).includes(equals.value))
  );
}

/** Manufacturers write their name in several ways: 'SIEMENS', 'Siemens Healthineers'. */
function madeBy(names: readonly string[], dataSet: DataSet): boolean {
  const found = textsAt(dataSet, MANUFACTURER).map((name) => name.trim().toLowerCase());
  return names.some((name) => found.some((manufacturer) => manufacturer.startsWith(name.toLowerCase())));
}

function hasValue(dataSet: DataSet, tag: Tag): boolean {
  const element = dataSet.get(tag);
  return element !== undefined && !isEmpty(element);
}

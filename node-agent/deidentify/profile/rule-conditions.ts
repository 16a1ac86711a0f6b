/** Whether a rule of a profile is for this object, and for this element of it. */
import type { DataSet, Tag } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';
import { testHolds } from '../derived/element-test.ts';
import { SetAside } from '../derived/set-aside.ts';
import { isEmpty, textsAt } from '../element-values.ts';
import type { RuleConditions } from './profile-file.ts';
import { tagFrom } from './rule-selector.ts';

const MODALITY = tagOf('Modality');
const SOP_CLASS = tagOf('SOPClassUID');
const MANUFACTURER = tagOf('Manufacturer');

/** The conditions that look at the top of the original. */
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

/**
 * The conditions that look where the element stands.
 * @throws SetAside where they cannot be told
 */
export function testsHold(when: RuleConditions | undefined, dataSet: DataSet, root: DataSet): boolean {
  const { depth, tests = [] } = when ?? {};
  if (depth !== undefined && (depth === 'top') !== (dataSet === root)) return false;
  return tests.every((test) => {
    const holds = testHolds(test, { dataSet, root });
    if (holds === undefined) throw new SetAside('A value is too long for a pattern that the profile asks about.');
    return holds;
  });
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

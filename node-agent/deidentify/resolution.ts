/**
 * What an action code of PS3.15 Table E.1-1a means for an attribute of a given type (PS3.15 §E.2, PS3.5 §7.4).
 *
 * The policy, in one place:
 * - A compound code takes the alternative that the type asks for: for type 1 a value, for type 2 at least an empty
 *   one, else none. 1C counts as 1 and 2C as 2: the attribute was there, so its condition is taken to hold.
 * - X means removed. Only where the IOD requires the attribute at this place does its shape stay while its value
 *   goes: a dummy for types 1 and 1C, nothing for type 2. An X attribute of type 2C is removed, unless its condition
 *   is seen to hold in the object (`conditions` of retained-attributes.json): then it is emptied. Without that, an X
 *   that nothing required would have been answered with an attribute in the output.
 * - Z means empty, D a dummy, U a replaced UID whatever the type; only for type 1 does Z become a dummy.
 * - An attribute that the IOD does not list, and every attribute of a SOP class without a module table, counts as type 3.
 */
import type { AttributeType } from './attribute-types.ts';
import type { BasicCode, OptionCode } from './confidentiality-table.ts';

export type ActionCode = BasicCode | OptionCode;

/** `items`: the sequence stays and its items are de-identified. */
export type Resolution = 'remove' | 'empty' | 'dummy' | 'uid' | 'items' | 'keep' | 'clean';

function strength(type: AttributeType | undefined): 1 | 2 | 3 {
  if (type === '1' || type === '1C') return 1;
  return type === '2' || type === '2C' ? 2 : 3;
}

/**
 * @param type the attribute's type in the IOD at this place; undefined when the IOD does not list it
 */
export function resolve(code: ActionCode, type: AttributeType | undefined): Resolution {
  const required = strength(type);
  switch (code) {
    case 'K':
      return 'keep';
    case 'C':
      return 'clean';
    case 'U':
      return 'uid';
    case 'D':
      return 'dummy';
    case 'Z':
      return required === 1 ? 'dummy' : 'empty';
    case 'X':
      if (required === 1) return 'dummy';
      return type === '2' ? 'empty' : 'remove';
    case 'X/Z':
      return byStrength(required, 'dummy', 'empty');
    case 'X/D':
      return byStrength(required, 'dummy', 'dummy');
    case 'Z/D':
      return required === 1 ? 'dummy' : 'empty';
    case 'X/Z/D':
      return byStrength(required, 'dummy', 'empty');
    case 'X/Z/U*':
      return byStrength(required, 'items', 'empty');
  }
}

function byStrength(required: 1 | 2 | 3, whenOne: Resolution, whenTwo: Resolution): Resolution {
  if (required === 1) return whenOne;
  return required === 2 ? whenTwo : 'remove';
}

/** What is left to do with an attribute whose value could not be kept. */
export function withoutValue(type: AttributeType | undefined): 'remove' | 'empty' | 'dummy' {
  const required = strength(type);
  if (required === 1) return 'dummy';
  return required === 2 ? 'empty' : 'remove';
}

/** What an action code of PS3.15 Table E.1-1a means for an attribute of a given type (PS3.15 §E.2). */
import type { AttributeType } from './attribute-types.ts';
import type { BasicCode, OptionCode } from './confidentiality-table.ts';

export type ActionCode = BasicCode | OptionCode;

/** `items`: the sequence stays and its items are de-identified. */
export type Resolution = 'remove' | 'empty' | 'dummy' | 'uid' | 'items' | 'keep' | 'clean';

/** 1C counts as 1 and 2C as 2: the attribute was there, so its condition is taken to hold. */
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
      // The table expects these to be optional; where an IOD requires one after all, its shape stays and its value goes.
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

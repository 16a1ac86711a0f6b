import { describe, expect, it } from 'vitest';
import { type ActionCode, resolve, withoutValue } from '../../node-agent/deidentify/resolution.ts';

describe('an action code', () => {
  it.each<[ActionCode, string, string, string]>([
    // code, type 1, type 2, type 3
    ['X', 'dummy', 'empty', 'remove'],
    ['Z', 'dummy', 'empty', 'empty'],
    ['D', 'dummy', 'dummy', 'dummy'],
    ['U', 'uid', 'uid', 'uid'],
    ['K', 'keep', 'keep', 'keep'],
    ['C', 'clean', 'clean', 'clean'],
    ['X/Z', 'dummy', 'empty', 'remove'],
    ['X/D', 'dummy', 'dummy', 'remove'],
    ['Z/D', 'dummy', 'empty', 'empty'],
    ['X/Z/D', 'dummy', 'empty', 'remove'],
    ['X/Z/U*', 'items', 'empty', 'remove'],
  ])('%s becomes what the type of the attribute asks for', (code, one, two, three) => {
    expect(resolve(code, '1')).toBe(one);
    expect(resolve(code, '1C')).toBe(one);
    expect(resolve(code, '2')).toBe(two);
    expect(resolve(code, '3')).toBe(three);
    expect(resolve(code, undefined)).toBe(three);
  });

  it('treats 2C as 2, but removes what the table removes where the condition is not known', () => {
    expect(resolve('X/Z', '2C')).toBe('empty');
    expect(resolve('X', '2C')).toBe('remove');
  });

  it('leaves a valid object when a value cannot stay', () => {
    expect(withoutValue('1')).toBe('dummy');
    expect(withoutValue('2C')).toBe('empty');
    expect(withoutValue('3')).toBe('remove');
    expect(withoutValue(undefined)).toBe('remove');
  });
});

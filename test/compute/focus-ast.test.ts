import { describe, expect, it } from 'vitest';
import { InvalidAstError, parseAst } from '../../node-agent/compute/focus-ast.ts';

const condition = { key: 'RID10311', type: 'EQUALS', system: 'urn:oid:2.16.840.1.113883.6.256', value: 'RID10312' };

describe('reading a Focus AST', () => {
  it('keeps operations and conditions and drops the rest', () => {
    const ast = { operand: 'OR', children: [{ operand: 'AND', children: [condition] }], extra: 1 };
    const { system: _, ...kept } = condition;
    expect(parseAst(ast)).toEqual({ operand: 'OR', children: [{ operand: 'AND', children: [kept] }] });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'AND'],
    ['a list', [condition]],
    ['neither operand nor key', { children: [] }],
    ['an unknown operand', { operand: 'XOR', children: [] }],
    ['children that are no list', { operand: 'AND', children: condition }],
    ['no children', { operand: 'AND' }],
    ['a child that is null', { operand: 'AND', children: [null] }],
    ['a condition without type', { key: 'a', value: 'b' }],
    ['a condition without value', { key: 'a', type: 'EQUALS' }],
    ['a key that is no text', { key: 5, type: 'EQUALS', value: 'b' }],
    ['a value nested deeper than a range', { key: 'a', type: 'EQUALS', value: { min: { max: 1 }, max: 2 } }],
    ['a text that is too long', { key: 'a', type: 'EQUALS', value: 'x'.repeat(201) }],
    ['a list that is too long', { key: 'a', type: 'IN', value: Array(201).fill('x') }],
    ['more than 1000 parts', { operand: 'AND', children: Array(1000).fill(condition) }],
  ])('refuses %s', (_, ast) => {
    expect(() => parseAst(ast)).toThrow(InvalidAstError);
  });

  it('refuses what is nested deeper than 32, however deep', () => {
    const nested = (levels: number) => {
      let ast: unknown = condition;
      for (let level = 1; level < levels; level += 1) ast = { operand: 'AND', children: [ast] };
      return ast;
    };
    expect(() => parseAst(nested(32))).not.toThrow();
    expect(() => parseAst(nested(33))).toThrow(InvalidAstError);
    expect(() => parseAst(nested(5000))).toThrow(InvalidAstError);
  });
});

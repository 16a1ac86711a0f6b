/**
 * What a condition means here. A condition the node cannot understand — unknown key, unknown value,
 * wrong type of value — is false and never an error, as in the EUCAIM reference node; unknown items
 * of a list are skipped.
 */
import type { AskedValue, AstCatalogue, AstKey, CodedAstKey } from './ast-catalogue.ts';
import type { Condition } from './focus-ast.ts';

export type Meaning =
  | { readonly is: 'one-of' | 'none-of'; readonly key: CodedAstKey; readonly values: readonly AskedValue[] }
  | { readonly is: 'age'; readonly key: AstKey; readonly comparison: AgeComparison; readonly bounds: readonly number[] }
  | { readonly is: 'false'; readonly why: string };

export type AgeComparison = 'equal' | 'not-equal' | 'between' | 'below' | 'above' | 'at-most' | 'at-least';

export function meaningOf(condition: Condition, catalogue: AstCatalogue): Meaning {
  const key = catalogue.key(condition.key);
  if (!key) return { is: 'false', why: 'unknown criterion' };
  switch (key.kind) {
    case 'coded':
      return codedMeaning(condition, key, catalogue);
    case 'age':
      return ageMeaning(condition, key);
    case 'never':
      return { is: 'false', why: `${key.label} is not known at this node` };
  }
}

function codedMeaning({ type, value }: Condition, key: CodedAstKey, catalogue: AstCatalogue): Meaning {
  const asked = askedValues(type, value, key, catalogue);
  if (asked.length === 0) return { is: 'false', why: `unknown value of ${key.label}` };
  return { is: type === 'NOT_EQUALS' ? 'none-of' : 'one-of', key, values: asked };
}

function askedValues(type: string, value: unknown, key: CodedAstKey, catalogue: AstCatalogue): AskedValue[] {
  const texts = type === 'IN' ? value : ['EQUALS', 'NOT_EQUALS', 'CONTAINS'].includes(type) ? [value] : [];
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string')) return [];
  return texts.map((text) => catalogue.value(key, text)).filter((found) => found !== undefined);
}

function ageMeaning({ type, value }: Condition, key: AstKey): Meaning {
  const found = typeof value === 'number' ? compareToNumber(type, value) : compareToRange(type, value);
  return found ? { is: 'age', key, ...found } : { is: 'false', why: `value of ${key.label} that cannot be compared` };
}

interface Comparison {
  readonly comparison: AgeComparison;
  readonly bounds: readonly number[];
}

function compareToNumber(type: string, value: number): Comparison | undefined {
  const comparison = (
    { EQUALS: 'equal', NOT_EQUALS: 'not-equal', LOWER_THAN: 'below', GREATER_THAN: 'above' } as const
  )[type];
  return comparison && { comparison, bounds: [value] };
}

/** With a range, LOWER_THAN and GREATER_THAN take one end of it and include it. */
function compareToRange(type: string, value: unknown): Comparison | undefined {
  if (typeof value !== 'object' || value === null || !('min' in value) || !('max' in value)) return undefined;
  const { min, max } = value;
  if (typeof min !== 'number' || typeof max !== 'number') return undefined;
  if (type === 'BETWEEN') return { comparison: 'between', bounds: [min, max] };
  if (type === 'LOWER_THAN') return { comparison: 'at-most', bounds: [max] };
  if (type === 'GREATER_THAN') return { comparison: 'at-least', bounds: [min] };
  return undefined;
}

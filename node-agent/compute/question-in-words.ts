/** A Focus AST in words, for the people who look at what the hub asked. */
import type { AstCatalogue } from './ast-catalogue.ts';
import { type AgeComparison, type Meaning, meaningOf } from './ast-meaning.ts';
import { type AstNode, isOperation } from './focus-ast.ts';

const LONGEST = 1000;

const AGE_WORDS: Readonly<Record<AgeComparison, string>> = {
  equal: 'is',
  'not-equal': 'is not',
  between: 'is between',
  below: 'is below',
  above: 'is above',
  'at-most': 'is at most',
  'at-least': 'is at least',
};

/** One sentence without a full stop, e.g. `Sex is Female and modality is Magnetic resonance imaging`. */
export function questionInWords(ast: AstNode, catalogue: AstCatalogue): string {
  const words = describe(simplify(ast), catalogue);
  if (words === '') return 'Everything that is published';
  const sentence = words.charAt(0).toUpperCase() + words.slice(1);
  return sentence.length > LONGEST ? `${sentence.slice(0, LONGEST - 1)}…` : sentence;
}

/** Operations with a single child say nothing; without children they do not constrain. */
function simplify(node: AstNode): AstNode {
  if (!isOperation(node)) return node;
  const children = node.children.map(simplify);
  const only = children.length === 1 ? children[0] : undefined;
  return only ?? { operand: node.operand, children };
}

function describe(node: AstNode, catalogue: AstCatalogue): string {
  if (!isOperation(node)) return inWords(meaningOf(node, catalogue));
  const parts = node.children.map((child) => {
    const words = describe(child, catalogue) || 'anything';
    return isOperation(child) && child.children.length > 1 ? `(${words})` : words;
  });
  return parts.join(node.operand === 'AND' ? ' and ' : ' or ');
}

function inWords(meaning: Meaning): string {
  switch (meaning.is) {
    case 'false':
      return `never true (${meaning.why})`;
    case 'age':
      return `${meaning.key.label} ${AGE_WORDS[meaning.comparison]} ${meaning.bounds.join(' and ')}`;
    case 'one-of':
      return `${meaning.key.label} is ${labels(meaning.values)}`;
    case 'none-of':
      return `${meaning.key.label} is not ${labels(meaning.values)}`;
  }
}

function labels(values: readonly { label: string }[]): string {
  return [...new Set(values.map(({ label }) => label))].join(' or ');
}

/** The Focus AST: the question of an EUCAIM search, parsed within limits. */
import { z } from 'zod';

export interface Operation {
  readonly operand: 'AND' | 'OR';
  /** None of them means: no constraint. */
  readonly children: readonly AstNode[];
}

export interface Condition {
  readonly key: string;
  /** EQUALS, NOT_EQUALS, IN, BETWEEN, LOWER_THAN, GREATER_THAN or CONTAINS; another makes the condition false. */
  readonly type: string;
  readonly value: unknown;
}

export type AstNode = Operation | Condition;

const AST_LIMITS = { depth: 32, nodes: 1000, textLength: 200, listLength: 200 } as const;

/** A question that is not a Focus AST or exceeds the limits; it is refused, not answered with nothing. */
export class InvalidAstError extends Error {
  override readonly name = 'InvalidAstError';
}

const text = z.string().max(AST_LIMITS.textLength);
const scalar = z.union([text, z.number(), z.boolean(), z.null()]);
const conditionShape = z.object({
  key: text.min(1),
  type: text,
  value: z.union([
    scalar,
    z.array(scalar).max(AST_LIMITS.listLength),
    z.object({ min: scalar.optional(), max: scalar.optional() }),
  ]),
  system: text.optional(),
});
const operationShape = z.object({
  operand: z.enum(['AND', 'OR']),
  children: z.array(z.unknown()).max(AST_LIMITS.nodes),
});

/**
 * @param ast the `ast` member of a Focus query, as parsed from JSON
 * @throws InvalidAstError with a sentence that repeats nothing of the question
 */
export function parseAst(ast: unknown): AstNode {
  return new AstParser().parse(ast, 1);
}

export function isOperation(node: AstNode): node is Operation {
  return 'operand' in node;
}

class AstParser {
  #nodes = 0;

  parse(value: unknown, depth: number): AstNode {
    this.#nodes += 1;
    if (this.#nodes > AST_LIMITS.nodes) throw new InvalidAstError(`The query has more than ${AST_LIMITS.nodes} parts.`);
    if (depth > AST_LIMITS.depth) throw new InvalidAstError(`The query is nested deeper than ${AST_LIMITS.depth}.`);
    if (typeof value !== 'object' || value === null) throw new InvalidAstError('A part of the query is not an object.');
    if (Object.hasOwn(value, 'operand')) return this.#operation(value, depth);
    if (Object.hasOwn(value, 'key')) return this.#condition(value);
    throw new InvalidAstError('A part of the query has neither an operand nor a key.');
  }

  #operation(value: object, depth: number): Operation {
    const { success, data } = operationShape.safeParse(value);
    if (!success) throw new InvalidAstError('An operation of the query needs AND or OR and a list of children.');
    return { operand: data.operand, children: data.children.map((child) => this.parse(child, depth + 1)) };
  }

  #condition(value: object): Condition {
    const { success, data } = conditionShape.safeParse(value);
    if (!success) throw new InvalidAstError('A condition of the query is incomplete, of the wrong form or too long.');
    return { key: data.key, type: data.type, value: data.value };
  }
}

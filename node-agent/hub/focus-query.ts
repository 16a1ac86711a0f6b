/** Unwraps a Focus query out of the body of a Beam task: base64 of JSON that holds base64 of JSON. */
import { z } from 'zod';
import { type AstNode, InvalidAstError, parseAst } from '../compute/focus-ast.ts';

/** Longest body of a task that is read, in characters. */
export const LARGEST_QUERY = 1024 * 1024;
const BASE64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

const envelope = z.object({ lang: z.string().max(40), query: z.string().optional(), payload: z.string().optional() });
const inner = z.object({ ast: z.unknown(), id: z.string().max(200).optional() });

/** A task that is not answered: why, for the people here, and the few words that leave. */
export class RefusedTask extends Error {
  override readonly name = 'RefusedTask';
  readonly outward: 'invalid query' | 'unsupported query' | 'not available';

  constructor(outward: RefusedTask['outward'], reason: string) {
    super(reason);
    this.outward = outward;
  }
}

/** @throws RefusedTask when the body is not a Focus query or not of the language `ast` */
export function readFocusQuery(body: string): AstNode {
  const { lang, query, payload } = decode(body, envelope);
  if (lang !== 'ast') {
    throw new RefusedTask(
      'unsupported query',
      'The query is not in the language ast; this node runs no CQL, no SQL and no other.',
    );
  }
  const { ast } = decode(query ?? payload ?? '', inner);
  try {
    return parseAst(ast);
  } catch (error) {
    if (error instanceof InvalidAstError) throw new RefusedTask('invalid query', error.message);
    throw error;
  }
}

function decode<Schema extends z.ZodType>(base64: string, schema: Schema): z.infer<Schema> {
  if (base64.length > LARGEST_QUERY) throw new RefusedTask('invalid query', 'The query is too large.');
  try {
    if (BASE64.test(base64)) return schema.parse(JSON.parse(Buffer.from(base64, 'base64').toString('utf8')));
  } catch {
    // neither JSON nor of the right form: falls through to the refusal
  }
  throw new RefusedTask('invalid query', 'The task does not hold a Focus query.');
}

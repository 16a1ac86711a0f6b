/** A search as the EUCAIM explorer sends it: a Focus AST, wrapped twice in base64. */
import { randomUUID } from 'node:crypto';

export interface SearchTask {
  readonly body: string;
  readonly metadata: { readonly project: string };
}

export function eucaimSearchTask(ast: unknown, project = 'eucaim', lang = 'ast'): SearchTask {
  const query = base64({ ast, id: `${randomUUID()}__search__${randomUUID()}` });
  return { body: base64({ lang, query }), metadata: { project } };
}

function base64(content: unknown): string {
  return Buffer.from(JSON.stringify(content), 'utf8').toString('base64');
}

/**
 * The one gate every question passes, whatever rail brought it: normalise → policy → execute →
 * disclosure → egress review → result. What leaves on a refusal is one of a few fixed phrases.
 */
import type { AstCatalogue } from '../compute/ast-catalogue.ts';
import type { CollectionSearch } from '../compute/collection-search.ts';
import type { AstNode } from '../compute/focus-ast.ts';
import { questionInWords } from '../compute/question-in-words.ts';
import type { DisclosurePolicy } from '../governance/disclosure-policy.ts';
import { objectionToAnswer } from './egress-review.ts';
import { RefusedTask, readFocusQuery } from './focus-query.ts';
import { discloseCollections, type Provider } from './search-answer.ts';

export interface GateTask {
  readonly body: string;
  /** Clear text beside the body; names the project. */
  readonly metadata: unknown;
}

export interface GateOutcome {
  readonly status: 'succeeded' | 'permfailed';
  /** As it leaves: base64 of the JSON below, or plain text. */
  readonly body: string;
  readonly question: string;
  readonly ast: AstNode | null;
  /** The JSON text that leaves; null where none does. */
  readonly answerJson: string | null;
  /** Why it was refused, for the people here; null where it was answered. */
  readonly reason: string | null;
}

const SEARCH_PROJECT = 'eucaim';
const HEALTH_CHECK_PROJECT = 'focus-healthcheck';

export interface GateParts {
  readonly search: CollectionSearch;
  readonly catalogue: AstCatalogue;
  readonly policy: DisclosurePolicy;
  readonly provider: Provider;
}

export class Gate {
  readonly #parts: GateParts;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** @throws only on a fault of this node; a question that is refused has an outcome */
  answer(task: GateTask): GateOutcome {
    const project = projectOf(task.metadata);
    if (project === HEALTH_CHECK_PROJECT) return healthy();
    let ast: AstNode | null = null;
    try {
      permitProject(project);
      ast = readFocusQuery(task.body);
      return this.#search(ast);
    } catch (error) {
      if (!(error instanceof RefusedTask)) throw error;
      return this.#refuse(ast, error);
    }
  }

  #search(ast: AstNode): GateOutcome {
    const { search, policy, provider } = this.#parts;
    const answer = discloseCollections(search.search(ast), policy, provider);
    const objection = objectionToAnswer(answer, policy, search.publishedIds());
    if (objection) {
      throw new RefusedTask('not available', `The egress review held the answer back. ${objection}`);
    }
    const answerJson = JSON.stringify(answer);
    const body = Buffer.from(answerJson, 'utf8').toString('base64');
    return { status: 'succeeded', body, question: this.#inWords(ast), ast, answerJson, reason: null };
  }

  #refuse(ast: AstNode | null, refusal: RefusedTask): GateOutcome {
    const question = ast ? this.#inWords(ast) : 'A request that is not a search';
    const { outward, message } = refusal;
    return { status: 'permfailed', body: outward, question, ast, answerJson: null, reason: message };
  }

  #inWords(ast: AstNode): string {
    return questionInWords(ast, this.#parts.catalogue);
  }
}

function healthy(): GateOutcome {
  const answerJson = JSON.stringify('healthy');
  return { status: 'succeeded', body: 'healthy', question: 'Health check', ast: null, answerJson, reason: null };
}

/** Searches come with the project of EUCAIM or with none; exports and everything else are refused. */
function permitProject(project: string | undefined): void {
  if (project === undefined || project === SEARCH_PROJECT) return;
  throw new RefusedTask(
    'unsupported query',
    project === 'exporter'
      ? 'The hub asked for an export of data; this node exports nothing to the hub.'
      : 'The task belongs to a project this node does not take part in.',
  );
}

function projectOf(metadata: unknown): string | undefined {
  if (typeof metadata !== 'object' || metadata === null || !('project' in metadata)) return undefined;
  return typeof metadata.project === 'string' ? metadata.project : '';
}

/** Errors as problem details (RFC 9457): a title, a status, and a sentence that says what to do. */
import type { Response } from 'express';
import { sendAnswer } from './streamed-body.ts';

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, title: string, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.status = status;
    this.title = title;
    this.headers = headers;
  }
}

export const problems = {
  signInNeeded: () => new Problem(401, 'Not signed in', 'Sign in and try again.'),
  roleNeeded: (role: string) => new Problem(403, 'Not allowed', `This needs the role ${role}. Ask an administrator.`),
  notJson: () => new Problem(400, 'Not JSON', 'The request needs a body of valid JSON, sent as application/json.'),
  notFound: (what: string) =>
    new Problem(404, 'Not found', `There is no ${what}. It may have been removed or renamed.`),
} as const;

export function sendProblem(response: Response, problem: Problem): void {
  const { status, title, message: detail, headers } = problem;
  response.status(status).set(headers).type('application/problem+json; charset=utf-8');
  sendAnswer(response.req, response, JSON.stringify({ type: 'about:blank', title, status, detail }));
}

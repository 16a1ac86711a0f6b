import type { z } from 'zod';
import type { problem } from '../../node-agent/api/schemas.ts';

type ProblemDetails = z.infer<typeof problem>;

/** An answer of the agent that was not a success, as problem details (RFC 9457). Status 0: no answer at all. */
export class ProblemError extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;

  constructor(problem: Pick<ProblemDetails, 'status' | 'title' | 'detail'>) {
    super(`${problem.title}: ${problem.detail}`);
    this.name = 'ProblemError';
    this.status = problem.status;
    this.title = problem.title;
    this.detail = problem.detail;
  }
}

const UNREACHABLE = {
  status: 0,
  title: 'The node does not answer',
  detail:
    'The console could not reach the Gatehouse service. Check that it is running on this computer, then try again.',
};

/** The problem for a request that never got an answer. */
export function unreachable(): ProblemError {
  return new ProblemError(UNREACHABLE);
}

/** Reads the problem details of an answer; an answer without them still becomes a sentence. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as Partial<ProblemDetails>;
    if (typeof body.title === 'string') {
      return new ProblemError({ status: response.status, title: body.title, detail: body.detail ?? '' });
    }
  } catch {
    // not JSON: something between the browser and the agent answered
  }
  return new ProblemError({
    status: response.status,
    title: `The node answered with status ${response.status}`,
    detail: 'The answer was not one the console understands. Try again; if it stays, look at the service log.',
  });
}

/** Any thrown value as a problem that can be shown. */
export function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ProblemError({ status: 0, title: 'The console has a fault', detail });
}

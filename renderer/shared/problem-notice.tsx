import { Button } from '@mantine/core';
import { asProblem } from '../client/problem.ts';
import { Notice } from './notice.tsx';

interface ProblemNoticeProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** The problem details of an answer: what happened, why, and another try where that can help. */
export function ProblemNotice({ error, onRetry }: ProblemNoticeProps) {
  const problem = asProblem(error);
  const action = onRetry && (
    <Button size="xs" variant="default" onClick={onRetry}>
      Try again
    </Button>
  );
  return (
    <Notice tone="bad" title={problem.title} urgent {...(action ? { action } : {})}>
      {problem.detail}
    </Notice>
  );
}

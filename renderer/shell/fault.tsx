import type { ErrorComponentProps } from '@tanstack/react-router';
import { Page } from '../shared/page.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';

/** A screen that failed to draw; the others still work. */
export function Fault({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="Something went wrong">
      <ProblemNotice error={error} onRetry={reset} />
    </Page>
  );
}

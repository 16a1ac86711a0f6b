import { Skeleton, Stack } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ProblemNotice } from './problem-notice.tsx';

interface AnsweredProps<T> {
  readonly query: UseQueryResult<T>;
  readonly children: (answer: T) => ReactNode;
  /** Height of the placeholder while the first answer is on its way, in pixels. */
  readonly height?: number;
}

/** Shows an answer; until it is there a placeholder, and a problem with its sentence when it did not come. */
export function Answered<T>({ query, children, height = 160 }: AnsweredProps<T>) {
  if (query.data === undefined && query.error === null) {
    return <Skeleton height={height} radius="md" aria-label="Loading" role="status" />;
  }
  return (
    <Stack gap="md">
      {query.error !== null && <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && children(query.data)}
    </Stack>
  );
}

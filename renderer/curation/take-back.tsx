import { Button } from '@mantine/core';
import { useAction } from '../client/queries.ts';
import { plural } from '../shared/format.ts';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';
import type { Pattern } from './pattern.ts';

/** Takes a decision back, so that the rules decide again. */
export function TakeBack({ pattern }: { pattern: Pattern }) {
  const revoke = useAction('revokeCuration', ({ series }) =>
    announce(`Taken back. ${plural(series, 'series is', 'series are')} what the rules say again.`),
  );
  return (
    <div className="curation-decision">
      <Button
        size="xs"
        variant="default"
        loading={revoke.isPending}
        aria-label={`Take back the decision on ${pattern.shown[0]?.[1] ?? 'the pattern'}`}
        onClick={() => revoke.mutate({ params: { id: pattern.patternId } })}
      >
        Take back
      </Button>
      {revoke.error !== null && <ProblemNotice error={revoke.error} />}
    </div>
  );
}

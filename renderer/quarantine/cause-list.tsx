import { UnstyledButton } from '@mantine/core';
import type { Answer } from '../client/call.ts';
import { formatCount } from '../shared/format.ts';

type Cause = Answer<'listQuarantine'>['causes'][number];

interface CauseListProps {
  readonly causes: readonly Cause[];
  readonly chosen: string | undefined;
  readonly onChoose: (cause: string) => void;
}

/** The causes with their counts, most frequent first. */
export function CauseList({ causes, chosen, onChoose }: CauseListProps) {
  return (
    <nav aria-label="Causes" className="cause-list">
      {causes.map((cause) => (
        <UnstyledButton
          key={cause.cause}
          className="cause-button"
          aria-current={cause.cause === chosen ? 'true' : undefined}
          onClick={() => onChoose(cause.cause)}
        >
          <span>{cause.title}</span>
          <span className="number">{formatCount(cause.count)}</span>
        </UnstyledButton>
      ))}
    </nav>
  );
}

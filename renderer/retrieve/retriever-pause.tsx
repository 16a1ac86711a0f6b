import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useAction } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { announce } from '../shared/toast.tsx';

/** Stops and starts all fetching. */
export function RetrieverPause({ paused }: { paused: boolean }) {
  const user = useUser();
  const pause = useAction('pauseRetriever', () => announce('Studies in transfer are broken off; they wait.'));
  const resume = useAction('resumeRetriever', () => announce('Studies are fetched again.'));
  if (!may(user, 'pauseRetriever')) return null;
  return paused ? (
    <Button
      variant="default"
      leftSection={<IconPlayerPlay size={16} aria-hidden />}
      loading={resume.isPending}
      onClick={() => resume.mutate({})}
    >
      Resume fetching
    </Button>
  ) : (
    <Button
      variant="default"
      leftSection={<IconPlayerPause size={16} aria-hidden />}
      loading={pause.isPending}
      onClick={() => pause.mutate({})}
    >
      Pause fetching
    </Button>
  );
}

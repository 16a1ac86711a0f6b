import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import type { Answer } from '../client/call.ts';
import { useAction } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { announce } from '../shared/toast.tsx';

/** Stops and starts taking associations; those that are open go on. */
export function PauseButton({ receiver }: { receiver: Answer<'getReceiver'> }) {
  const user = useUser();
  const pause = useAction('pauseReceiver', () => announce('New associations are refused until you resume.'));
  const resume = useAction('resumeReceiver', () => announce('The receiver takes associations again.'));
  if (!may(user, 'pauseReceiver')) return null;
  return receiver.paused ? (
    <Button
      leftSection={<IconPlayerPlay size={16} aria-hidden />}
      loading={resume.isPending}
      onClick={() => resume.mutate({})}
    >
      Resume
    </Button>
  ) : (
    <Button
      variant="default"
      leftSection={<IconPlayerPause size={16} aria-hidden />}
      loading={pause.isPending}
      onClick={() => pause.mutate({})}
    >
      Pause
    </Button>
  );
}

import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { Answer } from '../client/call.ts';
import { plural } from '../shared/format.ts';
import { ProblemNotice } from '../shared/problem-notice.tsx';

interface ConfirmRequeueProps {
  readonly opened: boolean;
  readonly cause: Answer<'listQuarantine'>['causes'][number];
  readonly busy: boolean;
  readonly error: unknown;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}

/** Asks before a whole cause goes back into the queue. */
export function ConfirmRequeue({ opened, cause, busy, error, onClose, onConfirm }: ConfirmRequeueProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Requeue ${plural(cause.count, 'object')}?`}>
      <Stack>
        {error !== null && <ProblemNotice error={error} />}
        <Text>
          All objects stopped for "{cause.title}" are worked on again. Do this after the cause was dealt with; what
          still raises the doubt comes back here.
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={busy} onClick={onConfirm} data-autofocus>
            Requeue all
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { ProblemNotice } from '../shared/problem-notice.tsx';

interface RemovePeerProps {
  /** The peer that would go; undefined while nobody asked. */
  readonly tag: string | undefined;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}

/** Asks before a peer can no longer send. */
export function RemovePeer({ tag, busy, error, onClose, onConfirm }: RemovePeerProps) {
  return (
    <Modal opened={tag !== undefined} onClose={onClose} title={`Remove ${tag ?? ''}?`}>
      <Stack>
        {error !== null && <ProblemNotice error={error} />}
        <Text>Its next association is rejected, unless another entry fits it. What it sent stays.</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red.9" loading={busy} onClick={onConfirm} data-autofocus>
            Remove
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

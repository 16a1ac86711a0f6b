import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProblemNotice } from './problem-notice.tsx';

interface ConfirmRemovalProps {
  /** What would go; undefined while nobody asked. */
  readonly name: string | undefined;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
  /** What it means. */
  readonly children: ReactNode;
}

/** Asks before something is removed. */
export function ConfirmRemoval({ name, busy, error, onClose, onConfirm, children }: ConfirmRemovalProps) {
  return (
    <Modal opened={name !== undefined} onClose={onClose} title={`Remove ${name ?? ''}?`}>
      <Stack>
        {error !== null && <ProblemNotice error={error} />}
        <Text>{children}</Text>
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

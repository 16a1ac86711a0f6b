import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { plural } from '../shared/format.ts';
import { ProblemNotice } from '../shared/problem-notice.tsx';

const LEAST_REASON = 3;

interface ExcludeModalProps {
  readonly opened: boolean;
  readonly count: number;
  readonly busy: boolean;
  readonly error: unknown;
  readonly onClose: () => void;
  readonly onConfirm: (reason: string) => void;
}

/** Excluding is for good, so it asks for a reason that goes into the audit log. */
export function ExcludeModal({ opened, count, busy, error, onClose, onConfirm }: ExcludeModalProps) {
  const [reason, setReason] = useState('');
  const [checked, setChecked] = useState(false);
  const problem = reason.trim().length < LEAST_REASON ? 'Say why, in a few words.' : undefined;
  const send = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (problem === undefined) onConfirm(reason.trim());
  };
  return (
    <Modal opened={opened} onClose={onClose} title={`Exclude ${plural(count, 'object')}?`}>
      <form onSubmit={send} noValidate>
        <Stack>
          {error !== null && <ProblemNotice error={error} />}
          <Text>
            Excluded objects never enter the index. They are kept, and the reason is written into the audit log with
            your name.
          </Text>
          <Textarea
            label="Reason"
            description="Do not write names or other identifiers of patients here."
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={checked ? problem : undefined}
            maxLength={500}
            autosize
            minRows={2}
            data-autofocus
            required
            withAsterisk={false}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" color="red.9" loading={busy}>
              Exclude for good
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useAction } from '../client/queries.ts';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';

interface AcceptFindingProps {
  readonly datasetId: string;
  /** A rule of quality, or a gate. */
  readonly subject: string;
  readonly title: string;
  readonly verb: 'Accept' | 'Acknowledge';
}

const SHORTEST_REASON = 3;

/** Takes a person's name and reason for something that a gate found, for exactly the objects of now. */
export function AcceptFinding({ datasetId, subject, title, verb }: AcceptFindingProps) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const close = () => {
    setOpen(false);
    setReason('');
    accept.reset();
  };
  const accept = useAction('acceptFinding', () => {
    announce('Your name and reason are on record.');
    close();
  });
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpen(true)} aria-label={`${verb}: ${title}`}>
        {verb}
      </Button>
      <Modal opened={open} onClose={close} title={`${verb}: ${title}`}>
        <Stack>
          {accept.error !== null && <ProblemNotice error={accept.error} />}
          <Text>
            It counts for the objects of the dataset as they are now. When one comes or changes, it is a question again.
          </Text>
          <Textarea
            label="Reason"
            description="Kept in the history, the evidence of the gate and the audit log. No patient identifiers."
            required
            value={reason}
            maxLength={500}
            autosize
            minRows={2}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button
              data-autofocus
              loading={accept.isPending}
              disabled={reason.trim().length < SHORTEST_REASON}
              onClick={() => accept.mutate({ params: { id: datasetId }, body: { subject, reason: reason.trim() } })}
            >
              {verb}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

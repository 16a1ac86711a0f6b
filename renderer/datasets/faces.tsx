import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { plural } from '../shared/format.ts';
import { Panel } from '../shared/panel.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';

type DatasetDetail = Answer<'getDataset'>;
type Decision = 'accepted' | 'excluded';

const WORDS: Readonly<Record<Decision, { verb: string; done: string; explain: string }>> = {
  accepted: {
    verb: 'Accept the faces',
    done: 'The volumes stay in the dataset, with your name and reason.',
    explain:
      'The volumes stay as they are. Your name and reason go on record: who receives the dataset could rebuild faces from them.',
  },
  excluded: {
    verb: 'Exclude the volumes',
    done: 'The volumes stay out of the dataset.',
    explain: 'The series stay in the index and out of this dataset. Other series of the same studies are not affected.',
  },
};

/** Volumes from which a face could be rebuilt: somebody has to answer for them, or they stay out. */
export function Faces({ dataset }: { dataset: DatasetDetail }) {
  const { undecided, accepted, excluded } = dataset.faces;
  const [chosen, setChosen] = useState<Decision>();
  const [reason, setReason] = useState('');
  const user = useUser();
  const close = () => {
    setChosen(undefined);
    setReason('');
    decide.reset();
  };
  const decide = useAction('decideFaces', () => {
    if (chosen !== undefined) announce(WORDS[chosen].done);
    close();
  });
  if (undecided + accepted + excluded === 0) return null;
  const mayDecide = dataset.state === 'draft' && may(user, 'decideFaces');
  const words = chosen === undefined ? undefined : WORDS[chosen];
  return (
    <Panel title="Faces" description={standing(dataset)}>
      {mayDecide && (
        <Group>
          {(['excluded', 'accepted'] as const).map((decision) => (
            <Button key={decision} variant="default" onClick={() => setChosen(decision)}>
              {WORDS[decision].verb}
            </Button>
          ))}
        </Group>
      )}
      <Modal opened={chosen !== undefined} onClose={close} title={`${words?.verb ?? ''}: ${dataset.title}`}>
        <Stack>
          {decide.error !== null && <ProblemNotice error={decide.error} />}
          <Text>{words?.explain}</Text>
          <Textarea
            label={chosen === 'accepted' ? 'Reason' : 'Reason or note (optional)'}
            description="Kept in the history and the audit log. No patient identifiers."
            required={chosen === 'accepted'}
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
              loading={decide.isPending}
              disabled={chosen === 'accepted' && reason.trim() === ''}
              onClick={() => {
                if (chosen === undefined) return;
                const note = reason.trim();
                decide.mutate({
                  params: { id: dataset.id },
                  body: { decision: chosen, ...(note === '' ? {} : { reason: note }) },
                });
              }}
            >
              {words?.verb}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Panel>
  );
}

function standing({ faces: { undecided, accepted, excluded } }: DatasetDetail): string {
  const parts = [
    undecided > 0 &&
      `From ${plural(undecided, 'volume')} of the head or neck a face could be rebuilt. The check passes when they are excluded or accepted with a reason.`,
    accepted > 0 && `${plural(accepted, 'volume')} accepted with a reason.`,
    excluded > 0 && `${plural(excluded, 'volume')} excluded.`,
  ];
  return parts.filter(Boolean).join(' ');
}

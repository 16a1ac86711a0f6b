import { Button, Checkbox, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';
import type { DatasetState } from './dataset-state.tsx';

type DatasetDetail = Answer<'getDataset'>;

const WORDS: Readonly<Record<DatasetState, { verb: string; done: string; explain: string }>> = {
  checked: {
    verb: 'Check',
    done: 'The gate has checked the dataset.',
    explain:
      'Every file is read and every gate looks now, which takes minutes for a large dataset. If all pass, the contents are fixed by a hash.',
  },
  released: {
    verb: 'Release',
    done: 'The dataset is released.',
    explain: 'Your name goes on record as the second person. The dataset can then be published.',
  },
  published: {
    verb: 'Publish',
    done: 'The dataset is published.',
    explain: 'From now on the hub’s questions are answered from it, and its catalogue record may be handed over.',
  },
  withdrawn: {
    verb: 'Withdraw',
    done: 'The dataset is withdrawn.',
    explain: 'The hub’s questions are no longer answered from it. What has already left cannot be called back.',
  },
  draft: {
    verb: 'Back to draft',
    done: 'The dataset is a draft again.',
    explain: 'The check is dropped; cohort and contents are evaluated again at the next check.',
  },
};
const SECONDARY: ReadonlySet<DatasetState> = new Set(['withdrawn', 'draft']);

/** What can be done next; where it cannot, why not. */
export function Transitions({ dataset }: { dataset: DatasetDetail }) {
  const [chosen, setChosen] = useState<DatasetState>();
  const [reason, setReason] = useState('');
  const [withdrawPredecessor, setWithdrawPredecessor] = useState(false);
  const user = useUser();
  const queries = useQueryClient();
  const advance = useAction('advanceDataset', (answer) => {
    announce(WORDS[answer.state].done);
    close();
  });
  const close = () => {
    setChosen(undefined);
    setReason('');
    setWithdrawPredecessor(false);
    advance.reset();
  };
  if (dataset.actions.length === 0) return null;
  if (!may(user, 'advanceDataset')) {
    return <p className="transition-why">Checking, releasing and publishing is for officers and administrators.</p>;
  }
  const primaryFirst = dataset.actions.toSorted((a, b) => Number(SECONDARY.has(a.to)) - Number(SECONDARY.has(b.to)));
  const words = chosen === undefined ? undefined : WORDS[chosen];
  return (
    <div className="transitions">
      {primaryFirst.map((action) => (
        <div key={action.to} className={SECONDARY.has(action.to) ? 'transition transition-secondary' : 'transition'}>
          <Button
            variant={SECONDARY.has(action.to) ? 'default' : 'filled'}
            disabled={!action.allowed}
            {...(action.allowed ? {} : { leftSection: <IconLock size={15} aria-hidden /> })}
            aria-describedby={action.why === null ? undefined : `why-${action.to}`}
            onClick={() => setChosen(action.to)}
          >
            {WORDS[action.to].verb}
          </Button>
          {action.why !== null && (
            <p id={`why-${action.to}`} className="transition-why">
              {action.why}
            </p>
          )}
        </div>
      ))}
      <Modal opened={chosen !== undefined} onClose={close} title={`${words?.verb ?? ''}: ${dataset.title}`}>
        <Stack>
          {advance.error !== null && <ProblemNotice error={advance.error} />}
          <Text>{words?.explain}</Text>
          <Textarea
            label="Reason or note (optional)"
            description="Kept in the history and the audit log. No patient identifiers."
            value={reason}
            maxLength={500}
            autosize
            minRows={2}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {chosen === 'published' && visibleStill(dataset) && (
            <Checkbox
              label={`Withdraw version ${dataset.predecessor?.version} with it`}
              description="Two versions side by side are counted twice by the hub. Leave it where work on the earlier one goes on."
              checked={withdrawPredecessor}
              onChange={(event) => setWithdrawPredecessor(event.currentTarget.checked)}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button
              data-autofocus
              loading={advance.isPending}
              onClick={() => {
                if (chosen === undefined) return;
                const note = reason.trim();
                advance.mutate(
                  {
                    params: { id: dataset.id },
                    body: {
                      to: chosen,
                      ...(note === '' ? {} : { reason: note }),
                      ...(withdrawPredecessor ? { withdrawPredecessor } : {}),
                    },
                  },
                  // a check that did not pass leaves its findings
                  { onError: () => void queries.invalidateQueries() },
                );
              }}
            >
              {words?.verb}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </div>
  );
}

/** Whether the version before is still released or published. */
function visibleStill({ predecessor }: DatasetDetail): boolean {
  return predecessor?.state === 'published' || predecessor?.state === 'released';
}

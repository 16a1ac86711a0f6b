import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useAction } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { plural } from '../shared/format.ts';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';
import { openStudies, type Request, troubledStudies } from './request-words.ts';

/** What can be done with a request in its state. */
export function RequestActions({ request }: { request: Request }) {
  const user = useUser();
  const [confirming, setConfirming] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const pause = useAction('pauseRetrieveRequest', () => announce('Nothing of it is begun until you resume.'));
  const resume = useAction('resumeRetrieveRequest', () => announce('The request goes on.'));
  const retry = useAction('retryRetrieveRequest', () => announce('What did not come completely is asked for again.'));
  const count = useAction('countRetrieveRequest');
  if (!may(user, 'confirmRetrieveRequest')) return null;
  const values = { params: { id: request.id } };
  const found = request.studies.found ?? 0;
  const open = openStudies(request);
  const unconfirmed = request.state === 'counting' || request.state === 'counted' || request.state === 'failed';
  return (
    <>
      {request.state === 'failed' && (
        <Button loading={count.isPending} onClick={() => count.mutate(values)}>
          Count again
        </Button>
      )}
      {request.state === 'counted' && found > 0 && (
        <Button onClick={() => setConfirming(true)}>Fetch {plural(found, 'study', 'studies')}</Button>
      )}
      {request.state === 'confirmed' && open > 0 && request.paused && (
        <Button loading={resume.isPending} onClick={() => resume.mutate(values)}>
          Resume
        </Button>
      )}
      {request.state === 'confirmed' && open > 0 && !request.paused && (
        <Button variant="default" loading={pause.isPending} onClick={() => pause.mutate(values)}>
          Pause
        </Button>
      )}
      {request.state === 'confirmed' && troubledStudies(request) > 0 && (
        <Button variant="default" loading={retry.isPending} onClick={() => retry.mutate(values)}>
          Try again
        </Button>
      )}
      {(unconfirmed || (request.state === 'confirmed' && open > 0)) && (
        <Button variant="default" onClick={() => setLeaving(true)}>
          {unconfirmed ? 'Discard' : 'Cancel the rest'}
        </Button>
      )}
      {confirming && <Confirm request={request} onClose={() => setConfirming(false)} />}
      {leaving && <Leave request={request} discard={unconfirmed} onClose={() => setLeaving(false)} />}
    </>
  );
}

function Confirm({ request, onClose }: { request: Request; onClose: () => void }) {
  const [again, setAgain] = useState(false);
  const confirm = useAction('confirmRetrieveRequest', () => {
    announce('The studies wait for their transfer.');
    onClose();
  });
  const { fetchedBefore, archive, expected } = request;
  const wanted = (request.studies.found ?? 0) - (again ? 0 : fetchedBefore);
  return (
    <Modal opened onClose={onClose} title={`Fetch ${plural(wanted, 'study', 'studies')}?`}>
      <Stack>
        {confirm.error !== null && <ProblemNotice error={confirm.error} />}
        <Text>
          They are fetched from {archive} within its windows and limits
          {expected === null ? '; it does not say how many instances they have' : ''}. What comes is de-identified as
          everything that arrives here.
        </Text>
        {fetchedBefore > 0 && (
          <Checkbox
            label={`Also ${plural(fetchedBefore, 'study', 'studies')} that an earlier request fetched completely`}
            checked={again}
            onChange={(event) => setAgain(event.currentTarget.checked)}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Not yet
          </Button>
          <Button
            loading={confirm.isPending}
            disabled={wanted === 0}
            onClick={() => confirm.mutate({ params: { id: request.id }, body: { again } })}
          >
            Fetch
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Leave({ request, discard, onClose }: { request: Request; discard: boolean; onClose: () => void }) {
  const cancel = useAction('cancelRetrieveRequest', () => onClose());
  return (
    <Modal opened onClose={onClose} title={discard ? 'Discard this request?' : 'Cancel the rest?'}>
      <Stack>
        {cancel.error !== null && <ProblemNotice error={cancel.error} />}
        <Text>
          {discard
            ? 'Nothing of it has moved. To fetch the studies later they have to be asked for again.'
            : 'A study in transfer is broken off. What came is kept; what did not can be tried again later.'}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Keep it
          </Button>
          <Button
            color="red.9"
            loading={cancel.isPending}
            onClick={() => cancel.mutate({ params: { id: request.id } })}
          >
            {discard ? 'Discard' : 'Cancel the rest'}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

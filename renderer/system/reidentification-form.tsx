import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { reidentificationRequest } from '../../node-agent/api/schemas/vault.ts';
import { useAction } from '../client/queries.ts';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';

const EMPTY = { pseudonym: '', reason: '' };

/** Asks who a pseudonym stands for. */
export function ReidentificationForm() {
  const [values, setValues] = useState(EMPTY);
  const [checked, setChecked] = useState(false);
  const result = reidentificationRequest.safeParse(values);
  const wrong = (name: keyof typeof EMPTY) => checked && result.error?.issues.some((issue) => issue.path[0] === name);
  const ask = useAction('requestReidentification', () => {
    announce('Asked. A second person has to grant it.');
    setValues(EMPTY);
    setChecked(false);
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (result.success) ask.mutate({ body: result.data });
  };
  return (
    <form onSubmit={send} noValidate>
      <Stack>
        {ask.error !== null && <ProblemNotice error={ask.error} />}
        <TextInput
          label="Pseudonym"
          autoComplete="off"
          value={values.pseudonym}
          maxLength={64}
          onChange={(event) => setValues({ ...values, pseudonym: event.currentTarget.value })}
          error={wrong('pseudonym') ? 'Enter the pseudonym.' : undefined}
        />
        <Textarea
          label="Reason"
          description="It is written into the audit log: no names, no numbers of patients."
          value={values.reason}
          maxLength={500}
          onChange={(event) => setValues({ ...values, reason: event.currentTarget.value })}
          error={wrong('reason') ? 'Write why.' : undefined}
        />
        <Group>
          <Button type="submit" variant="default" loading={ask.isPending}>
            Ask who it is
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

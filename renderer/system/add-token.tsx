import { Button, Group, Modal, NumberInput, Select, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { tokenTerms } from '../../node-agent/api/schemas/tokens.ts';
import { useAction } from '../client/queries.ts';
import { CodeBlock } from '../shared/code-block.tsx';
import { Notice } from '../shared/notice.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';

const EMPTY = { name: '', days: 365 };
const SCOPES = [
  { value: 'stow', label: 'Storing objects over DICOMweb (STOW-RS)' },
  { value: 'fdp', label: 'Reading published records (FAIR Data Point)' },
] as const;

/** Makes a token for a program and shows it, this once. */
export function AddToken({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [values, setValues] = useState<{ name: string; days: number | string }>(EMPTY);
  const [scope, setScope] = useState<string>(SCOPES[0].value);
  const [checked, setChecked] = useState(false);
  const add = useAction('addToken');
  const result = tokenTerms.safeParse({ ...values, scopes: [scope] });
  const wrong = (name: keyof typeof EMPTY) => checked && result.error?.issues.some((issue) => issue.path[0] === name);
  const close = () => {
    setValues(EMPTY);
    setScope(SCOPES[0].value);
    setChecked(false);
    add.reset();
    onClose();
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (result.success) add.mutate({ body: result.data });
  };
  if (add.data !== undefined) {
    return (
      <Modal opened={opened} onClose={close} title={`The token of ${add.data.token.name}`} closeOnClickOutside={false}>
        <Stack>
          <Notice tone="warning" title="Copy it now">
            It is shown this once. The node keeps only a hash of it; a token that is lost is revoked and made anew.
          </Notice>
          <CodeBlock name="the token" text={add.data.text} />
          <Group justify="flex-end">
            <Button onClick={close}>Done</Button>
          </Group>
        </Stack>
      </Modal>
    );
  }
  return (
    <Modal opened={opened} onClose={close} title="Add an API token">
      <form onSubmit={send} noValidate>
        <Stack>
          {add.error !== null && <ProblemNotice error={add.error} />}
          <TextInput
            label="Name"
            description="The program or machine that will use it. One token each, so that each can be revoked alone."
            autoComplete="off"
            data-autofocus
            value={values.name}
            maxLength={64}
            onChange={(event) => setValues({ ...values, name: event.currentTarget.value })}
            error={wrong('name') ? 'Enter a name of at most 64 characters.' : undefined}
          />
          <Select
            label="It is for"
            data={SCOPES}
            value={scope}
            allowDeselect={false}
            onChange={(next) => setScope(next ?? SCOPES[0].value)}
          />
          <NumberInput
            label="Holds for days"
            value={values.days}
            min={1}
            max={3650}
            allowDecimal={false}
            onChange={(days) => setValues({ ...values, days })}
            error={wrong('days') ? 'Enter a number of days from 1 to 3650.' : undefined}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={add.isPending}>
              Add
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

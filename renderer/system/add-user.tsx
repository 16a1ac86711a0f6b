import { Button, Group, Modal, PasswordInput, Radio, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { newUser } from '../../node-agent/api/schemas.ts';
import { useAction } from '../client/queries.ts';
import type { User } from '../client/session.ts';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';
import { ROLE_WORDS } from './roles.ts';

const ROLES = ['officer', 'administrator', 'viewer'] as const;
const EMPTY = { name: '', password: '', role: 'officer' as User['role'] };

/** Adds a person who may sign in. */
export function AddUser({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [values, setValues] = useState(EMPTY);
  const [checked, setChecked] = useState(false);
  const result = newUser.safeParse(values);
  const wrong = (name: keyof typeof EMPTY) => checked && result.error?.issues.some((issue) => issue.path[0] === name);
  const close = () => {
    setValues(EMPTY);
    setChecked(false);
    add.reset();
    onClose();
  };
  const add = useAction('addUser', (user) => {
    announce(`${user.name} can sign in now.`);
    close();
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (result.success) add.mutate({ body: result.data });
  };
  return (
    <Modal opened={opened} onClose={close} title="Add a user">
      <form onSubmit={send} noValidate>
        <Stack>
          {add.error !== null && <ProblemNotice error={add.error} />}
          <TextInput
            label="User name"
            autoComplete="off"
            data-autofocus
            value={values.name}
            maxLength={64}
            onChange={(event) => setValues({ ...values, name: event.currentTarget.value })}
            error={wrong('name') ? 'Enter a user name of at most 64 characters.' : undefined}
          />
          <PasswordInput
            label="First password"
            description="At least 12 characters. Hand it over in person."
            autoComplete="new-password"
            value={values.password}
            maxLength={256}
            onChange={(event) => setValues({ ...values, password: event.currentTarget.value })}
            error={wrong('password') ? 'A password has at least 12 characters.' : undefined}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the password', tabIndex: 0 }}
          />
          <Radio.Group
            label="Role"
            value={values.role}
            onChange={(role) => setValues({ ...values, role: role as User['role'] })}
          >
            <Stack gap="xs" mt={6}>
              {ROLES.map((role) => (
                <Radio key={role} value={role} label={role} description={ROLE_WORDS[role]} />
              ))}
            </Stack>
          </Radio.Group>
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

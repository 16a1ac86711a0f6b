import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { ProblemNotice } from '../shared/problem-notice.tsx';

interface CredentialsFormProps {
  readonly submit: string;
  readonly busy: boolean;
  readonly error: unknown;
  /** A new password is typed twice and its rule is shown. */
  readonly fresh?: boolean;
  readonly onSubmit: (credentials: { name: string; password: string }) => void;
}

const LEAST_LENGTH = 12;

/** User name and password, for signing in and for the first administrator. */
export function CredentialsForm({ submit, busy, error, fresh = false, onSubmit }: CredentialsFormProps) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const [checked, setChecked] = useState(false);
  const nameProblem = name.trim() === '' ? 'Enter a user name.' : undefined;
  const passwordProblem =
    password === ''
      ? 'Enter a password.'
      : fresh && password.length < LEAST_LENGTH
        ? `A password has at least ${LEAST_LENGTH} characters; this one has ${password.length}.`
        : undefined;
  const repeatedProblem = fresh && repeated !== password ? 'The two passwords differ.' : undefined;

  const send = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (nameProblem || passwordProblem || repeatedProblem) return;
    onSubmit({ name: name.trim(), password });
  };
  return (
    <form onSubmit={send} noValidate>
      <Stack gap="md">
        {error !== null && error !== undefined && <ProblemNotice error={error} />}
        <TextInput
          label="User name"
          autoComplete="username"
          autoFocus
          required
          withAsterisk={false}
          maxLength={64}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={checked ? nameProblem : undefined}
        />
        <PasswordInput
          label="Password"
          description={fresh ? `At least ${LEAST_LENGTH} characters. A short sentence is easy to remember.` : undefined}
          autoComplete={fresh ? 'new-password' : 'current-password'}
          required
          withAsterisk={false}
          maxLength={256}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={checked ? passwordProblem : undefined}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password', tabIndex: 0 }}
        />
        {fresh && (
          <PasswordInput
            label="Repeat the password"
            autoComplete="new-password"
            required
            withAsterisk={false}
            value={repeated}
            onChange={(event) => setRepeated(event.currentTarget.value)}
            error={checked ? repeatedProblem : undefined}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the repeated password', tabIndex: 0 }}
          />
        )}
        <Button type="submit" loading={busy} fullWidth mt="xs">
          {submit}
        </Button>
      </Stack>
    </form>
  );
}

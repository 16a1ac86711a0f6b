import { useAction } from '../client/queries.ts';
import { CredentialsForm } from './credentials-form.tsx';
import { Threshold } from './threshold.tsx';

/** Signs in; the screen that was asked for follows. */
export function SignIn() {
  const signIn = useAction('signIn');
  return (
    <Threshold title="Sign in">
      <CredentialsForm
        submit="Sign in"
        busy={signIn.isPending}
        error={signIn.error}
        onSubmit={(body) => signIn.mutate({ body })}
      />
    </Threshold>
  );
}

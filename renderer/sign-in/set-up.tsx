import { useAction } from '../client/queries.ts';
import { CredentialsForm } from './credentials-form.tsx';
import { Threshold } from './threshold.tsx';

/** First start: nobody can sign in yet, so the first administrator is created here. */
export function SetUp() {
  const setUp = useAction('setUp');
  return (
    <Threshold
      title="Create the administrator"
      description="This node has no users yet. The administrator looks after it and adds the others; releasing a dataset later takes a second person."
    >
      <CredentialsForm
        submit="Create the administrator"
        busy={setUp.isPending}
        error={setUp.error}
        fresh
        onSubmit={(body) => setUp.mutate({ body })}
      />
    </Threshold>
  );
}

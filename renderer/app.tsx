import { Center, Loader } from '@mantine/core';
import { RouterProvider } from '@tanstack/react-router';
import { useAnswer } from './client/queries.ts';
import { SessionProvider } from './client/session.ts';
import { router } from './routes.tsx';
import { ProblemNotice } from './shared/problem-notice.tsx';
import { SetUp } from './sign-in/set-up.tsx';
import { SignIn } from './sign-in/sign-in.tsx';
import { Threshold } from './sign-in/threshold.tsx';

/** The gate before every screen: set up, sign in, then the console at the address that was asked for. */
export function App() {
  const session = useAnswer('getSession');
  if (session.data === undefined) {
    if (session.error !== null) {
      return (
        <Threshold title="Gatehouse">
          <ProblemNotice error={session.error} onRetry={() => void session.refetch()} />
        </Threshold>
      );
    }
    return (
      <Center h="100dvh">
        <Loader aria-label="Loading the console" />
      </Center>
    );
  }
  if (session.data.setUpNeeded) return <SetUp />;
  if (session.data.user === null) return <SignIn />;
  return (
    <SessionProvider value={session.data.user}>
      <RouterProvider router={router} />
    </SessionProvider>
  );
}

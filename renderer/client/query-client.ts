import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import type { Answer } from './call.ts';
import { ProblemError } from './problem.ts';
import { keyOf } from './queries.ts';

/** The console's cache. An answer 401 ends the session on screen, whichever call met it. */
export function createQueryClient(): QueryClient {
  const onError = (error: unknown) => {
    if (!(error instanceof ProblemError) || error.status !== 401) return;
    client.setQueryData<Answer<'getSession'>>(keyOf('getSession'), (known) => known && { ...known, user: null });
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        refetchOnWindowFocus: true,
        // A refusal stays a refusal; only a missing answer is worth another try.
        retry: (failures, error) => failures < 2 && error instanceof ProblemError && error.status === 0,
      },
      mutations: { retry: false },
    },
  });
  return client;
}

import { type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { RouteName } from '../../node-agent/api/contract.ts';
import { type Answer, type ArgumentList, type Arguments, call } from './call.ts';

/** The cache key of a call: its name and what it was called with. */
export function keyOf<N extends RouteName>(name: N, values?: Arguments<N>): readonly [N, unknown] {
  return [name, values ?? {}];
}

/** Reads a route and keeps it fresh; refetched when an event says that its topic changed. */
export function useAnswer<N extends RouteName>(name: N, ...list: ArgumentList<N>): UseQueryResult<Answer<N>> {
  return useQuery({ queryKey: keyOf(name, list[0]), queryFn: () => call(name, ...list) });
}

/** Calls a changing route; when it is done every screen reads again what it shows. */
export function useAction<N extends RouteName>(name: N, onDone?: (answer: Answer<N>) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (values: Arguments<N>) => call(name, ...([values] as unknown as ArgumentList<N>)),
    onSuccess: (answer) => {
      void client.invalidateQueries();
      onDone?.(answer);
    },
  });
}

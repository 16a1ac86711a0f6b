import { useQueries } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import type { RouteName } from '../../node-agent/api/contract.ts';
import { type Answer, type ArgumentList, type Arguments, call } from './call.ts';
import { keyOf } from './queries.ts';

type PagedName = {
  [N in RouteName]: Answer<N> extends { total: number; rows: readonly unknown[] } ? N : never;
}[RouteName];
type Row<N extends PagedName> = Answer<N>['rows'][number];

const PAGE_SIZE = 100;

export interface PagedRows<R> {
  readonly total: number | undefined;
  readonly error: unknown;
  readonly rowAt: (index: number) => R | undefined;
  /** Tells which rows are on screen (last included), so that their pages are read. */
  readonly show: (first: number, last: number) => void;
  readonly retry: () => void;
}

/** A list of any length: the pages on screen are read when they come into view, the scroll bar stands for all rows. */
export function usePages<N extends PagedName>(name: N, query: Readonly<Record<string, unknown>>): PagedRows<Row<N>> {
  const [range, setRange] = useState({ first: 0, last: 0 });
  const pages = Array.from({ length: range.last - range.first + 1 }, (_, index) => range.first + index);
  const results = useQueries({
    queries: pages.map((page) => {
      const values = { query: { ...query, offset: page * PAGE_SIZE, limit: PAGE_SIZE } } as unknown as Arguments<N>;
      return {
        queryKey: keyOf(name, values),
        queryFn: () => call(name, ...([values] as unknown as ArgumentList<N>)),
      };
    }),
  });
  const answers = results.map((result) => result.data as Answer<N> | undefined);
  const show = useCallback((first: number, last: number) => {
    const next = { first: Math.floor(first / PAGE_SIZE), last: Math.floor(last / PAGE_SIZE) };
    setRange((known) => (known.first === next.first && known.last === next.last ? known : next));
  }, []);
  const counted = answers.find((answer) => answer !== undefined)?.total;
  // While pages further down are on their way the length stays, or the scroll bar would jump to the top.
  const [known, setKnown] = useState<number>();
  useEffect(() => {
    if (counted !== undefined) setKnown(counted);
  }, [counted]);
  return {
    total: counted ?? known,
    error: results.find((result) => result.error !== null)?.error,
    rowAt: (index) => answers[Math.floor(index / PAGE_SIZE) - range.first]?.rows[index % PAGE_SIZE],
    show,
    retry: () => {
      for (const result of results) void result.refetch();
    },
  };
}

import type { z } from 'zod';
import { type Route, type RouteName, routes } from '../../node-agent/api/contract.ts';
import { problemOf, unreachable } from './problem.ts';
import { requestPath } from './request-path.ts';

type Routes = typeof routes;
type Part<N extends RouteName, K extends 'params' | 'body'> =
  Routes[N] extends Record<K, infer S extends z.ZodType> ? { readonly [P in K]: z.input<S> } : unknown;
type Query<N extends RouteName> =
  Routes[N] extends Record<'query', infer S extends z.ZodType> ? { readonly query?: Partial<z.output<S>> } : unknown;

/** What a call of this route answers with. */
export type Answer<N extends RouteName> = z.output<Routes[N]['response']>;
/** What a call of this route needs. */
export type Arguments<N extends RouteName> = Part<N, 'params'> & Query<N> & Part<N, 'body'>;
/** The arguments, left out where the route needs none. */
export type ArgumentList<N extends RouteName> =
  Record<string, never> extends Arguments<N> ? [values?: Arguments<N>] : [values: Arguments<N>];

interface LooseArguments {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, unknown>;
  readonly body?: unknown;
}

/** Calls one route of the contract on the same origin; throws ProblemError for every answer but success. */
export async function call<N extends RouteName>(name: N, ...[values]: ArgumentList<N>): Promise<Answer<N>> {
  const route: Route = routes[name];
  const { params, query, body } = (values ?? {}) as LooseArguments;
  const request: RequestInit = {
    method: route.method.toUpperCase(),
    credentials: 'same-origin',
    headers: { accept: 'application/json' },
  };
  if (route.method !== 'get') {
    // A content type no form can send: the browser then never sends it for another site.
    request.headers = { accept: 'application/json', 'content-type': 'application/json' };
    request.body = JSON.stringify(body ?? {});
  }
  let response: Response;
  try {
    response = await fetch(requestPath(route.path, params, query), request);
  } catch {
    throw unreachable();
  }
  if (!response.ok) throw await problemOf(response);
  const answer: unknown = await response.json();
  // The agent has checked its answer already; in development a broken contract must still be loud.
  return (import.meta.env.DEV ? route.response.parse(answer) : answer) as Answer<N>;
}
